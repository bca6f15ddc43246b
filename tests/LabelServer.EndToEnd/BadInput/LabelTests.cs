using System.Net;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>Labels on another grid than their image, and labels whose values mean nothing.</summary>
[Collection(SharedServer.Name)]
public sealed class LabelTests(ServerFixture fixture)
{
    private const string TwoNames = """{"label_info":[{"name":"background","idx":0},{"name":"spleen","idx":2},{"name":"liver","idx":3}],"client_id":"user-xyz"}""";
    private static readonly int[] Size = [8, 6, 5];

    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task AnotherGrid_Is409WithBothGeometriesAndTheFileIsKept()
    {
        await Server.AddImageAsync("grid", NiftiBytes.Ct(Size), "x.nii");
        var label = NiftiBytes.UInt8([7, 6, 5]);
        var detail = await Server.RefusedAsync(HttpMethod.Put, "/datastore/label?image=grid", Form.File("label", "l.nii", label, TwoNames), HttpStatusCode.Conflict);
        Assert.Contains("8×6×5", detail, StringComparison.Ordinal);
        Assert.Contains("7×6×5", detail, StringComparison.Ordinal);
        var kept = Directory.EnumerateFiles(Path.Combine(Server.Studies, ".labelserver", "refused"), "*", SearchOption.AllDirectories).Where(f => File.ReadAllBytes(f).AsSpan().SequenceEqual(label));
        Assert.Contains(Path.GetFileName(Assert.Single(kept)), detail, StringComparison.Ordinal);
        Assert.Empty((await Server.GetJsonAsync("/datastore/?output=all"))["objects"]!["grid"]!["labels"]!.AsObject());
    }

    [Theory]
    [InlineData("flipped", new double[] { -2, 0, 0, 14, 0, 2, 0, 0, 0, 0, 3, 0 })]
    [InlineData("shifted by less than half a voxel", new double[] { 2, 0, 0, 0.8, 0, 2, 0, 0, 0, 0, 3, 0 })]
    public async Task TheSamePlaceWrittenOtherwise_IsAccepted(string what, double[] affine)
    {
        await Server.AddImageAsync(what, NiftiBytes.Ct(Size), "x.nii");
        await Server.SendAsync(HttpMethod.Put, $"/datastore/label?image={Uri.EscapeDataString(what)}", Form.File("label", "l.nii", NiftiBytes.UInt8(Size, affine, (i, _, _) => (byte)(i / 4)), TwoNames));
        Assert.NotNull((await Server.GetJsonAsync("/datastore/?output=all"))["objects"]![what]!["labels"]!["final"]);
    }

    [Fact]
    public async Task Names_ComeFromTheOrderAndNotFromIdx()
    {
        await Server.AddImageAsync("names", NiftiBytes.Ct(Size), "x.nii");
        await Server.SendAsync(HttpMethod.Put, "/datastore/label?image=names", Form.File("label", "l.nii", NiftiBytes.UInt8(Size, value: (i, _, _) => (byte)(i % 3)), TwoNames));
        var info = await Server.GetJsonAsync("/datastore/label/info?label=names&tag=final");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"1":"spleen","2":"liver"}"""), info["label_values"]), info.ToJsonString());
    }

    [Fact]
    public async Task AValueWithoutAName_Is400AndNamed()
    {
        await Server.AddImageAsync("unnamed", NiftiBytes.Ct(Size), "x.nii");
        var label = NiftiBytes.UInt8(Size, value: (i, _, _) => (byte)(i == 7 ? 9 : 0));
        Assert.Contains("9", await Server.RefusedAsync(HttpMethod.Put, "/datastore/label?image=unnamed", Form.File("label", "l.nii", label, TwoNames), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownImage_Is404()
        => await Server.RefusedAsync(HttpMethod.Put, "/datastore/label?image=nosuch", Form.File("label", "l.nii", NiftiBytes.UInt8(Size), TwoNames), HttpStatusCode.NotFound);
}
