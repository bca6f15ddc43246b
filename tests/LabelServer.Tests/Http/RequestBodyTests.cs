using System.Text;
using LabelServer.Errors;
using LabelServer.Http;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Tests.Http;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("application/json", "")]
    [InlineData("application/json", " \r\n ")]
    [InlineData("application/json", "null")]
    [InlineData(null, "")]
    [InlineData("text/plain", "")]
    [InlineData("application/json", "{}")]
    public async Task ReadObjectAsync_NothingSaid_IsNoParameters(string? type, string body) => Assert.Empty(await ReadAsync(type, body));

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/vnd.api+json")]
    [InlineData(null)]
    public async Task ReadObjectAsync_Object_IsRead(string? type) => Assert.Equal("""{"a":1}""", (await ReadAsync(type, """{"a": 1}""")).ToJsonString());

    [Theory]
    [InlineData("application/json", "[]", "dict_type")]
    [InlineData("application/json", "\"x\"", "dict_type")]
    [InlineData("application/json", "1", "dict_type")]
    [InlineData("text/plain", "{}", "dict_type")]
    [InlineData("application/json", "{", "json_invalid")]
    [InlineData("application/json", """{"a": 1e999}""", "json_invalid")]
    [InlineData("application/json", """{"a": "\ud800"}""", "json_invalid")]
    public async Task ReadObjectAsync_AnythingElse_IsRefusedAsFastApiDoes(string type, string body, string fault)
    {
        var error = await Assert.ThrowsAsync<RequestValidationException>(() => ReadAsync(type, body));
        Assert.Equal(fault, error.Faults.Single().Type);
        Assert.Equal("body", error.Faults.Single().Location[0]);
    }

    [Fact]
    public async Task ReadObjectAsync_PythonsNaNAndByteOrderMark_AreTakenAsPythonTakesThem() => Assert.Equal("""{"a":null}""", (await ReadAsync(null, "\uFEFF{\"a\": NaN}")).ToJsonString());

    [Fact]
    public async Task ReadObjectAsync_PackedBody_IsRefusedByItsEncoding()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Headers.ContentEncoding = "gzip";
        context.Request.Body = new MemoryStream([0x1F, 0x8B]);
        var error = await Assert.ThrowsAsync<PackedBodyException>(() => RequestBody.ReadObjectAsync(context.Request, TestContext.Current.CancellationToken));
        Assert.Contains("gzip", error.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCodes.Status415UnsupportedMediaType, ErrorMap.StatusOf(error));
    }

    [Fact]
    public async Task ReadObjectAsync_RepeatedKey_LastCounts() => Assert.Equal("""{"a":2}""", (await ReadAsync(null, """{"a": 1, "a": 2}""")).ToJsonString());

    [Fact]
    public async Task ReadObjectAsync_DeepNesting_IsRefused()
        => await Assert.ThrowsAsync<RequestValidationException>(() => ReadAsync(null, """{"a":""" + new string('[', 1000) + new string(']', 1000) + "}"));

    private static async Task<System.Text.Json.Nodes.JsonObject> ReadAsync(string? type, string body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = type;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return await RequestBody.ReadObjectAsync(context.Request, TestContext.Current.CancellationToken);
    }
}
