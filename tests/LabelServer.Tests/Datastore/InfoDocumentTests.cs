using LabelServer.Datastore;

namespace LabelServer.Tests.Datastore;

public sealed class InfoDocumentTests
{
    [Theory]
    [InlineData("""{"b":1,"a":1.50,"c":1e400,"d":12345678901234567890123}""")]
    [InlineData("""{"text":"ü漢字<>&+'","nested":{"z":[1,2.0,{"y":null}]}}""")]
    [InlineData("{}")]
    public void OrderAndNumbers_StayAsTheyWere(string json) => Assert.Equal(json, InfoDocument.Parse(json, "test").ToString());

    [Theory]
    [InlineData("""{"a":NaN,"b":[Infinity,-Infinity,-1],"c":"NaN \"Infinity\" \\"}""", """{"a":null,"b":[null,null,-1],"c":"NaN \"Infinity\" \\"}""")]
    public void PythonsNonNumbers_BecomeNullOutsideTexts(string json, string expected) => Assert.Equal(expected, InfoDocument.Parse(json, "test").ToString());

    [Fact]
    public void ARepeatedKey_HasItsLastValue() => Assert.Equal("""{"a":2}""", InfoDocument.Parse("""{"a":1,"a":2}""", "test").ToString());

    [Fact]
    public void ManyMembers_AreReadAndMergedWithoutLookingThroughAllOfThemEachTime()
    {
        // With a search for each member these would be 10^11 comparisons.
        var many = InfoDocument.Parse("{" + string.Join(',', Enumerable.Range(0, 300_000).Select(n => $"\"{n}\":{n}")) + "}", "test");
        var merged = many.Merge(many).With("x", 1);
        Assert.Equal((300_001, 299_999), (merged.Count, merged.Members[299_999].Value.GetInt32()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("[]")]
    public void Nothing_IsNoMembers(string? text) => Assert.Equal(0, InfoDocument.Parse(text, "test").Count);

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("null", "not a JSON null")]
    [InlineData("\"x\"", "not a JSON text")]
    [InlineData("[1]", "not a JSON array")]
    [InlineData("3", "not a JSON number")]
    public void OtherJson_IsRefusedWithItsKind(string text, string expected)
    {
        var error = Assert.Throws<InvalidInfoException>(() => InfoDocument.Parse(text, "params of image 'x'"));
        Assert.StartsWith("The params of image 'x' must be a JSON object", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeeplyNestedText_IsRefusedNotFollowed() => Assert.Throws<InvalidInfoException>(() => InfoDocument.Parse("{\"a\":" + new string('[', 100_000), "test"));

    [Fact]
    public void Merge_ReplacesWholeValuesInTheirPlaceAndAddsNewOnesAtTheEnd() => Assert.Equal(
        """{"k":{"b":2},"x":1,"new":true}""",
        InfoDocument.Parse("""{"k":{"a":1},"x":1}""", "test").Merge(InfoDocument.Parse("""{"new":true,"k":{"b":2}}""", "test")).ToString());
}
