using System.Text;
using System.Text.Json.Nodes;
using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Tests.Http;

public sealed class WireJsonTests
{
    [Fact]
    public void Write_OrderAndText_AreAsSet()
        => Assert.Equal("""{"z":1,"a":"ü<&>'日本","n":null,"r":0.5}""", Encoding.UTF8.GetString(WireJson.Write(new JsonObject { ["z"] = 1, ["a"] = "ü<&>'日本", ["n"] = null, ["r"] = 0.5 })));

    [Fact]
    public void Write_NoValue_IsNull() => Assert.Equal("null", Encoding.UTF8.GetString(WireJson.Write(null)));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Write_NotANumber_Throws(double value) => Assert.ThrowsAny<ArgumentException>(() => WireJson.Write(new JsonObject { ["a"] = value }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void ReadFormObject_NothingSaid_IsEmpty(string? text) => Assert.Empty(WireJson.ReadFormObject(text, "params"));

    [Theory]
    [InlineData("null", "null")]
    [InlineData("[1]", "a list")]
    [InlineData("\"x\"", "text")]
    [InlineData("1", "a number")]
    [InlineData("true", "a truth value")]
    public void ReadFormObject_OtherValue_NamesFieldAndKind(string text, string kind)
        => Assert.Equal($"The form field 'params' must hold a JSON object such as {{\"key\": \"value\"}}, not {kind}.", Assert.Throws<BadRequestException>(() => WireJson.ReadFormObject(text, "params")).Message);

    [Theory]
    [InlineData("{")]
    [InlineData("{'a': 1}")]
    public void ReadFormObject_NoJson_NamesTheField(string text)
        => Assert.StartsWith("The form field 'params' is not valid JSON", Assert.Throws<BadRequestException>(() => WireJson.ReadFormObject(text, "params")).Message, StringComparison.Ordinal);
}
