using System.Net;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>Images that are damaged, that lie about themselves, or that lie nowhere: refused with a text both when they are added and when they are segmented.</summary>
[Collection(SharedServer.Name)]
public sealed class BrokenImageTests(ServerFixture fixture)
{
    private static readonly double[] Grid = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0];

    private ServerProcess Server => fixture.Server;

    public static TheoryData<string> Cases => ["nothing", "text", "truncated gzip", "truncated", "40000 cubed", "NaN affine", "singular affine", "gzip bomb"];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Upload_BrokenImage_IsRefusedAndNothingIsStored(string what)
    {
        var (name, bytes) = Broken(what);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/datastore/?image={Uri.EscapeDataString(what)}") { Content = Form.File("file", name, bytes) };
        using var answer = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Contains("\"detail\":\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Null((await Server.GetJsonAsync("/datastore/?output=all"))["objects"]![what]);
        Assert.DoesNotContain(Directory.EnumerateFiles(Server.Studies), f => Path.GetFileName(f).Contains(what, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Infer_BrokenUpload_IsRefusedAndTheServerGoesOn(string what)
    {
        DemoModel.Require();
        var (name, bytes) = Broken(what);
        using var answer = await Server.Client.PostAsync($"/infer/{DemoModel.Name}?image=", Form.File("file", name, bytes, "{}"), TestContext.Current.CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Contains("\"detail\":\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotNull(await Server.GetJsonAsync("/info/"));
    }

    [Fact]
    public async Task Upload_CutOffBeforeTheClosingBoundary_Is400()
    {
        var whole = await Form.File("file", "x.nii", NiftiBytes.Ct([8, 8, 8])).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var content = new ByteArrayContent(whole[..^40]);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=----------lImIt_of_THE_fIle_eW_$");
        Assert.Contains("cut off", await Server.RefusedAsync(HttpMethod.Put, "/datastore/?image=cut", content, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    private static (string Name, byte[] Bytes) Broken(string what) => what switch
    {
        "nothing" => ("x.nii.gz", []),
        "text" => ("x.nii", [.. "This is no image."u8]),
        "truncated gzip" => ("x.nii.gz", NiftiBytes.GZip(NiftiBytes.Ct([32, 32, 32]))[..5000]),
        "truncated" => ("x.nii", NiftiBytes.Ct([16, 16, 16])[..2000]),
        "40000 cubed" => ("x.nii", NiftiBytes.Header([short.MaxValue, short.MaxValue, short.MaxValue], Grid, 64, 64)),
        "NaN affine" => ("x.nii", NiftiBytes.UInt8([4, 4, 4], [double.NaN, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0])),
        "singular affine" => ("x.nii", NiftiBytes.UInt8([4, 4, 4], [2, 2, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0])),
        "gzip bomb" => ("x.nii.gz", NiftiBytes.GZip([.. NiftiBytes.Header([4, 4, 4], Grid, 2, 8), .. new byte[64], .. new byte[64 * 1024 * 1024]])),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };
}
