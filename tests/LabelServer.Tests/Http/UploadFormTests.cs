using System.Text;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.Tests.Doubles;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Tests.Http;

public sealed class UploadFormTests : IDisposable
{
    private const string Boundary = "----------lImIt_of_THE_fIle_eW_$";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_BodyOfThePythonClient_GivesTextAndFile()
    {
        var file = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        await using var form = await ReadAsync($"multipart/form-data; boundary={Boundary}", PythonBody("""{"client_id":"ü"}""", file));
        Assert.Equal("""{"client_id":"ü"}""", form.Text("params"));
        var upload = form.RequiredFile("file");
        Assert.Equal("scan.nii.gz", upload.FileName);
        Assert.Equal(file.Length, upload.Length);
        Assert.Equal(file, await File.ReadAllBytesAsync(upload.Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DisposeAsync_FilesStillThere_AreDeleted()
    {
        var form = await ReadAsync($"multipart/form-data; boundary={Boundary}", PythonBody("{}", [1]));
        await form.DisposeAsync();
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task ReadAsync_MultipartUnderStaleJsonType_RecoversTheBoundary()
    {
        await using var form = await ReadAsync("application/json", PythonBody("{}", [1, 2, 3]));
        Assert.Equal(3, form.RequiredFile("file").Length);
    }

    [Fact]
    public async Task ReadAsync_AnotherLibrarysBodyUnderThePythonClientsStaleType_RecoversTheBoundary()
    {
        var body = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(PythonBody("{}", [1, 2, 3])).Replace(Boundary, "c9d1f2", StringComparison.Ordinal));
        await using var form = await ReadAsync($"multipart/form-data; boundary={Boundary}", body);
        Assert.Equal(3, form.RequiredFile("file").Length);
        await Assert.ThrowsAsync<BadRequestException>(() => ReadAsync("multipart/form-data; boundary=another", body));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("application/json", """{"params": {}}""")]
    [InlineData("text/plain", "--not a form")]
    [InlineData(null, "image bytes")]
    public async Task ReadAsync_BodyThatIsNoForm_IsAnEmptyForm(string? type, string body)
    {
        await using var form = await ReadAsync(type, Encoding.UTF8.GetBytes(body));
        Assert.Empty(form.Files);
        Assert.Empty(form.TextNames);
    }

    [Fact]
    public async Task ReadAsync_UrlEncoded_DecodesPlusAndPercent()
    {
        await using var form = await ReadAsync("application/x-www-form-urlencoded; charset=utf-8", "params=%7B%22a%22%3A+1%7D&x=%C3%BC"u8.ToArray());
        Assert.Equal("""{"a": 1}""", form.Text("params"));
        Assert.Equal("ü", form.Text("x"));
    }

    [Fact]
    public async Task ReadAsync_NoBoundary_SaysSo()
    {
        var error = await Assert.ThrowsAsync<BadRequestException>(() => ReadAsync("multipart/form-data", PythonBody("{}", [1])));
        Assert.Equal("Missing boundary in multipart.", error.Message);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(5_000)]
    public async Task ReadAsync_BodyCutOff_IsRefusedAndLeavesNothing(int cut)
    {
        var body = PythonBody("{}", new byte[10_000]);
        var error = await Assert.ThrowsAsync<BadRequestException>(() => ReadAsync($"multipart/form-data; boundary={Boundary}", body[..^cut]));
        Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task ReadAsync_TextAboveTheLimit_IsRefused()
    {
        var body = PythonBody(new string('x', UploadFormReader.TextLimit + 1), [1]);
        await Assert.ThrowsAsync<PayloadTooLargeException>(() => ReadAsync($"multipart/form-data; boundary={Boundary}", body));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task ReadAsync_MethodWithoutBody_NeverTouchesTheBody(string method)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.ContentLength = 100;
        context.Request.Body = new UnreadableStream();
        await using var form = await UploadForm.ReadAsync(context.Request, _folder.Path, TestContext.Current.CancellationToken);
        Assert.Empty(form.TextNames);
    }

    [Fact]
    public async Task RequiredFile_Absent_IsMissingInTheBody()
    {
        await using var form = await ReadAsync(null, []);
        var error = Assert.Throws<RequestValidationException>(() => form.RequiredFile("label"));
        Assert.Equal("""[{"type":"missing","loc":["body","label"],"msg":"Field required","input":null}]""", error.ToDetail().ToJsonString());
    }

    private static byte[] PythonBody(string text, byte[] file) =>
    [
        .. Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\n\r\n{text}\r\n"),
        .. Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/tmp/a b/scan.nii.gz\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
        .. file,
        .. Encoding.UTF8.GetBytes($"\r\n--{Boundary}--\r\n\r\n"),
    ];

    private Task<UploadForm> ReadAsync(string? contentType, byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(body);
        return UploadForm.ReadAsync(context.Request, _folder.Path, TestContext.Current.CancellationToken);
    }

    private sealed class UnreadableStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("The body was read.");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The body was read.");
    }
}
