using LabelServer.BundleRuns;
using LabelServer.Bundles.Config;

namespace LabelServer.Tests.BundleRuns;

public sealed class PythonLiteralTests
{
    [Theory]
    [InlineData("3", "3")]
    [InlineData("-1", "-1")]
    [InlineData("1e-4", "0.0001")]
    [InlineData("2.", "2.0")]
    [InlineData("True", "true")]
    [InlineData("true", "\"true\"")]
    [InlineData("None", "null")]
    [InlineData("configs/train.json", "\"configs/train.json\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("1+1", "\"1+1\"")]
    [InlineData("['configs/train.json','configs/evaluate.json']", "[\"configs/train.json\",\"configs/evaluate.json\"]")]
    [InlineData("[a, 1, 2.5,]", "[\"a\",1,2.5]")]
    [InlineData("(96,96,96)", "[96,96,96]")]
    [InlineData("(96)", "96")]
    [InlineData("{'lr': 0.1, 'on': True}", "{\"lr\":0.1,\"on\":true}")]
    [InlineData("$@init_LR * 2", "\"$@init_LR * 2\"")]
    [InlineData("['open", "\"['open\"")]
    [InlineData("[1 2]", "\"[1 2]\"")]
    [InlineData("", "\"\"")]
    public void Read_Word_IsWhatPythonFireMakesOfIt(string word, string json) => Assert.Equal(json, ConfigJson.Write(PythonLiteral.Read(word)));

    [Fact]
    public void Read_DeeplyNestedList_IsText()
    {
        var word = new string('[', 5000) + new string(']', 5000);

        Assert.Equal(new ConfigValue.Text(word), PythonLiteral.Read(word));
    }
}
