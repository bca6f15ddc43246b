using LabelServer.Errors;
using LabelServer.Http;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Tests.Http;

public sealed class RequestQueryTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("yes", true)]
    [InlineData("ON", true)]
    [InlineData("t", true)]
    [InlineData("y", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("no", false)]
    [InlineData("Off", false)]
    [InlineData("f", false)]
    [InlineData("N", false)]
    public void Boolean_EveryWordOfPydantic_IsRead(string text, bool expected)
    {
        var query = Query($"?a={text}");
        Assert.Equal(expected, query.Boolean("a", !expected));
        query.Validate();
    }

    [Theory]
    [InlineData("maybe")]
    [InlineData("")]
    [InlineData("2")]
    public void Boolean_OtherText_IsAFaultWithPydanticsWords(string text)
    {
        var query = Query($"?html={text}");
        query.Boolean("html", true);
        var error = Assert.Throws<RequestValidationException>(query.Validate);
        Assert.Equal(
            $$"""[{"type":"bool_parsing","loc":["query","html"],"msg":"Input should be a valid boolean, unable to interpret input","input":"{{text}}"}]""",
            error.ToDetail().ToJsonString());
    }

    [Fact]
    public void Choice_UnknownWord_ListsTheAllowedOnes()
    {
        var query = Query("?images=none");
        query.Choice("images", "all", "all", "labeled", "unlabeled");
        var error = Assert.Throws<RequestValidationException>(query.Validate);
        Assert.Equal("Input should be 'all', 'labeled' or 'unlabeled'", error.Faults.Single().Message);
        Assert.Equal("enum", error.Faults.Single().Type);
    }

    [Theory]
    [InlineData("?output=")]
    [InlineData("?output=ALL")]
    public void Choice_EmptyOrOtherCase_IsAFault(string text)
    {
        var query = Query(text);
        query.Choice("output", "stats", "stats", "all");
        Assert.Throws<RequestValidationException>(query.Validate);
    }

    [Fact]
    public void Validate_SeveralFaults_ReportsAllInOrder()
    {
        var query = Query("?lines=x&html=maybe");
        query.Integer("lines", 1);
        query.Boolean("html", true);
        query.RequiredText("image");
        var error = Assert.Throws<RequestValidationException>(query.Validate);
        Assert.Equal(["int_parsing", "bool_parsing", "missing"], error.Faults.Select(f => f.Type));
    }

    [Fact]
    public void Text_PlusPercentAndTwoValues_AreReadAsTheClientsMeanThem()
    {
        var query = Query("?image=first&image=a+b%2Bc%C3%BC%2F..");
        Assert.Equal("a b+cü/..", query.Text("image"));
    }

    private static RequestQuery Query(string text)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(text);
        return new RequestQuery(context.Request);
    }
}
