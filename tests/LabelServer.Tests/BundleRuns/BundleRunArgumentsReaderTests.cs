using LabelServer.BundleRuns;
using LabelServer.Bundles.Config;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.BundleRuns;

public sealed class BundleRunArgumentsReaderTests
{
    [Fact]
    public void Read_TheModelCardsCommand_HasItsParts()
    {
        var read = BundleRunArgumentsReader.Read(
            ["evaluating", "--meta_file", "configs/metadata.json", "--config_file", "['configs/train.json','configs/evaluate.json']", "--logging_file", "configs/logging.conf"]);

        Assert.Equal("evaluating", read.Ids.Run);
        Assert.Equal("initialize", read.Ids.Initialize);
        Assert.Equal(["configs/metadata.json"], read.MetaFiles);
        Assert.Equal(["configs/train.json", "configs/evaluate.json"], read.ConfigFiles);
        Assert.Equal("configs/logging.conf", read.LoggingFile);
        Assert.Empty(read.Overrides);
    }

    [Fact]
    public void Read_WithoutId_RunsRun()
    {
        Assert.Equal("run", BundleRunArgumentsReader.Read(["--config_file", "configs/train.json"]).Ids.Run);
    }

    [Theory]
    [InlineData("--train#trainer#max_epochs", "5")]
    [InlineData("--train#trainer#max_epochs=5")]
    public void Read_IdOfTheConfig_OverridesIt(params string[] words)
    {
        var read = BundleRunArgumentsReader.Read(["--config_file", "c.json", .. words]);

        Assert.Equal([KeyValuePair.Create("train#trainer#max_epochs", (ConfigValue)new ConfigValue.Integer(5))], read.Overrides);
    }

    [Fact]
    public void Read_Datalist_IsAListOfFiles()
    {
        var read = BundleRunArgumentsReader.Read(["evaluating", "--config_file", "configs/inference.json", "--datalist", "['sampledata/imagesTr/s0037.nii.gz','sampledata/imagesTr/s0038.nii.gz']"]);

        var list = Assert.IsType<ConfigValue.List>(Assert.Single(read.Overrides, o => o.Key == "datalist").Value);
        Assert.Equal([new ConfigValue.Text("sampledata/imagesTr/s0037.nii.gz"), new ConfigValue.Text("sampledata/imagesTr/s0038.nii.gz")], list.Items);
    }

    [Fact]
    public void Read_NegativeNumberAndBareName_AreValueAndTrue()
    {
        var read = BundleRunArgumentsReader.Read(["--config_file", "c.json", "--offset", "-1", "--highres"]);

        Assert.Equal([KeyValuePair.Create("offset", (ConfigValue)new ConfigValue.Integer(-1)), KeyValuePair.Create("highres", (ConfigValue)new ConfigValue.Boolean(true))], read.Overrides);
    }

    [Fact]
    public void Read_ArgumentsFile_IsOverriddenByTheCommand()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "args.json");
        File.WriteAllText(file, """{ "run_id": "training", "config_file": ["configs/train.json"], "val_interval": 3, "batch_size": 2 }""");

        var read = BundleRunArgumentsReader.Read(["--args_file", file, "--batch_size", "1"]);

        Assert.Equal("training", read.Ids.Run);
        Assert.Equal(["configs/train.json"], read.ConfigFiles);
        Assert.Equal([KeyValuePair.Create("val_interval", (ConfigValue)new ConfigValue.Integer(3)), KeyValuePair.Create("batch_size", (ConfigValue)new ConfigValue.Integer(1))], read.Overrides);
    }

    [Theory]
    [InlineData("--config_file is missing", "training")]
    [InlineData("--tracking is not supported", "--config_file", "c.json", "--tracking", "mlflow")]
    [InlineData("one word too many", "a", "b", "c", "d", "e", "f", "g")]
    [InlineData("--config_file needs a text", "--config_file")]
    public void Read_WhatCannotBeUnderstood_SaysSo(string part, params string[] words)
    {
        Assert.Contains(part, Assert.Throws<BundleRunException>(() => BundleRunArgumentsReader.Read(words)).Message, StringComparison.Ordinal);
    }
}
