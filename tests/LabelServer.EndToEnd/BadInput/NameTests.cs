using System.Net;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>Ids are arbitrary text; tags come from a narrow alphabet; no name touches anything outside the studies folder.</summary>
[Collection(SharedServer.Name)]
public sealed class NameTests(ServerFixture fixture)
{
    private ServerProcess Server => fixture.Server;

    public static TheoryData<string> Ids =>
    [
        "Chest CT 1", "Schädel: 2", "a/b\\c", "../../up", "/absolute/path", "C:\\windows", "CON", "con", "nul.txt", "dot.", " spaces ", "scan.v1.final", "日本語", "a?b*c|d<e>f\"g", "100% & #1+2", new string('x', 300), "..", "labels",
        "datastore_v2.json",
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task AnyId_ComesBackVerbatimWithItsImageAndLabel(string id)
    {
        var outside = FilesOutside();
        var image = NiftiBytes.GZip(NiftiBytes.Ct([6, 5, 4]));
        var label = NiftiBytes.GZip(NiftiBytes.UInt8([6, 5, 4], value: (i, j, k) => (byte)(i > 3 ? 1 : 0)));
        var escaped = Uri.EscapeDataString(id);
        await Server.AddImageAsync(id, image);
        await Server.SendAsync(HttpMethod.Put, $"/datastore/label?image={escaped}", Form.File("label", "/tmp/l.nii.gz", label, """{"label_info":[{"name":"spleen","idx":1}]}"""));

        Assert.NotNull((await Server.GetJsonAsync("/datastore/?output=all"))["objects"]![id]);
        Assert.Equal(image, await Server.Client.GetByteArrayAsync($"/datastore/image?image={escaped}", TestContext.Current.CancellationToken));
        Assert.Equal(label, await Server.Client.GetByteArrayAsync($"/datastore/label?label={escaped}&tag=final", TestContext.Current.CancellationToken));
        await Server.SendAsync(HttpMethod.Delete, $"/datastore/?id={escaped}");
        Assert.Null((await Server.GetJsonAsync("/datastore/?output=all"))["objects"]![id]);
        Assert.Equal(outside, FilesOutside());
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001bb")]
    public async Task IdWithControlCharacters_Is400(string id)
        => await Server.RefusedAsync(HttpMethod.Put, $"/datastore/?image={Uri.EscapeDataString(id)}", Form.File("file", "x.nii", NiftiBytes.Ct([4, 4, 4])), HttpStatusCode.BadRequest);

    [Fact]
    public async Task IdOfMoreThan1024Bytes_Is400()
        => await Server.RefusedAsync(HttpMethod.Put, $"/datastore/?image={new string('x', 1025)}", Form.File("file", "x.nii", NiftiBytes.Ct([4, 4, 4])), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("../up")]
    [InlineData("/tmp/x")]
    [InlineData("a b")]
    [InlineData("CON")]
    [InlineData(".hidden")]
    public async Task TagOutsideItsAlphabet_Is400(string tag)
    {
        await Server.AddImageAsync("tagged " + tag, NiftiBytes.Ct([4, 4, 4]), "x.nii");
        var outside = FilesOutside();
        await Server.RefusedAsync(
            HttpMethod.Put,
            $"/datastore/label?image={Uri.EscapeDataString("tagged " + tag)}&tag={Uri.EscapeDataString(tag)}",
            Form.File("label", "l.nii", NiftiBytes.UInt8([4, 4, 4])),
            HttpStatusCode.BadRequest);
        Assert.Equal(outside, FilesOutside());
    }

    private string[] FilesOutside() => [.. Directory.EnumerateFileSystemEntries(Server.Folder).Order(StringComparer.Ordinal)];
}
