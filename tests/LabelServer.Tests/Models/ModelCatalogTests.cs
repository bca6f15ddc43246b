using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Models;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Models_SeveralBundles_ComeInTheOrderOfTheNamesAsked()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "a_ct"));
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "b_ct"));
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "c_ct"));

        Assert.Equal(["c_ct", "a_ct"], Catalog("c_ct,a_ct").Models.Select(m => m.Id));
        Assert.Equal(["a_ct", "b_ct", "c_ct"], Catalog("all").Models.Select(m => m.Id));
        Assert.Equal(["a_ct", "b_ct", "c_ct"], Catalog(null).Models.Select(m => m.Id));
    }

    [Fact]
    public void Models_SameNameInTheAppsOwnFolder_WinsOverTheCommonOne()
    {
        var own = Path.Combine(_folder.Path, "app", "model", "ct");
        SegmentationBundle.Write(own);
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"));

        Assert.Equal(own, Assert.Single(Catalog(null).Models).Folder);
    }

    [Fact]
    public void UnknownNames_NameWithoutBundle_IsListedAndPathsAreNoNames()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"));

        Assert.Equal(["mr", "../models/ct"], Catalog("ct,mr,../models/ct").UnknownNames);
    }

    [Fact]
    public void Labels_OfABundle_AreLowerCaseRanksWithoutBackground()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"), channels: """{ "0": "background", "6": "Liver", "1": "Spleen" }""");

        var model = Catalog(null).Require("ct");

        Assert.Equal([new("spleen", 1), new("liver", 2)], model.Labels);
        Assert.Equal([new("spleen", 1), new("liver", 6)], model.ChannelLabels);
        Assert.Equal("segmentation", model.Type);
        Assert.Equal("Tests only", model.IntendedUse);
        Assert.Equal(3, model.Dimension);
    }

    [Fact]
    public void Labels_OfADeepEditBundle_KeepTheBackgroundAsZero()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "spleen_deepedit_annotation"), channels: """{ "0": "spleen", "1": "background" }""");

        var model = Catalog(null).Require("spleen_deepedit_annotation");

        Assert.Equal("deepedit", model.Type);
        Assert.Equal([new("spleen", 1), new("background", 0)], model.Labels);
    }

    [Theory]
    [InlineData(SegmentationBundle.FineWeights, true)]
    [InlineData("model.onnx", false)]
    [InlineData("model.ts", false)]
    public void CanDropOut_IsNotSaidOfAGraphThatIsFixed(string weights, bool expected)
    {
        var folder = Path.Combine(_folder.Path, "models", "ct");
        SegmentationBundle.Write(folder, fine: false, coarse: false);
        File.WriteAllBytes(Path.Combine(folder, "models", weights), [1]);

        Assert.Equal(expected, Catalog(null).Require("ct").CanDropOut);
    }

    [Fact]
    public void Config_BothWeights_OffersAutoAndTheBundlesOwnSettings()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"));

        var config = Catalog(null).Require("ct").Config;

        Assert.Equal(["device", "model_filename", "highres", "sw_overlap", "sw_batch_size"], config.Keys);
        Assert.Equal(["auto", SegmentationBundle.FineWeights, SegmentationBundle.CoarseWeights], Assert.IsAssignableFrom<IReadOnlyList<string>>(config["model_filename"]));
        Assert.Equal(true, config["highres"]);
        Assert.Equal(0.25, config["sw_overlap"]);
        Assert.Equal(1L, config["sw_batch_size"]);
    }

    [Theory]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    public void Config_OneOfTwoWeights_OffersOnlyThatChoiceAndSaysHowToGetTheOther(bool fine, string choice)
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"), fine: fine, coarse: !fine);

        var model = Catalog(null).Require("ct");

        Assert.True(model.IsUsable);
        Assert.Equal([choice], Assert.IsAssignableFrom<IReadOnlyList<string>>(model.Config["highres"]));
        Assert.Equal(fine, model.DefaultHighres);
        Assert.Contains($"highres {(fine ? "false" : "true")}", model.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_WeightsMissing_SaysWhichAndHowToGetThem()
    {
        var bundle = Path.Combine(_folder.Path, "models", "ct");
        SegmentationBundle.Write(bundle, fine: false, coarse: false);
        File.WriteAllText(Path.Combine(bundle, "large_files.yml"), $"large_files:\n- path: models/{SegmentationBundle.FineWeights}\n  url: https://example.org/w\n");

        var catalog = Catalog(null);

        Assert.Empty(catalog.UsableModels);
        Assert.Contains("labelserver models download ct", catalog.Require("ct").Problem, StringComparison.Ordinal);
        Assert.Contains(SegmentationBundle.FineWeights, catalog.Require("ct").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_WeightsDroppedInLater_AreNoticedAtTheNextLook()
    {
        var bundle = Path.Combine(_folder.Path, "models", "ct");
        SegmentationBundle.Write(bundle, fine: false, coarse: false);
        var catalog = Catalog(null);
        Assert.False(catalog.Require("ct").IsUsable);

        SegmentationBundle.WriteWeights(Path.Combine(bundle, "models", SegmentationBundle.CoarseWeights), seed: 1);

        Assert.True(catalog.Require("ct").IsUsable);
        File.Delete(Path.Combine(bundle, "models", SegmentationBundle.CoarseWeights));
        Assert.False(catalog.Require("ct").IsUsable);
    }

    [Fact]
    public void Models_BrokenMetadata_IsOneModelsProblemAndNotTheCatalogs()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "good"));
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "bad"));
        File.WriteAllText(Path.Combine(_folder.Path, "models", "bad", "configs", "metadata.json"), "{");

        var catalog = Catalog(null);

        Assert.Equal(["good"], catalog.UsableModels.Select(m => m.Id));
        Assert.Contains("bad", catalog.Require("bad").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_UnknownName_ListsTheModelsThereAre()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"));

        var error = Assert.Throws<ModelUnknownException>(() => Catalog(null).Require("mr"));

        Assert.Equal("There is no model 'mr'. Models of this server: ct.", error.Message);
    }

    [Fact]
    public void Config_WorkerReportsItsDevices_ShowsThem()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "models", "ct"));
        var devices = new DeviceDirectory();
        var catalog = new ModelCatalog(Options(null), devices, NullLogger<ModelCatalog>.Instance);
        Assert.Equal(["cpu"], Assert.IsAssignableFrom<IReadOnlyList<string>>(catalog.Require("ct").Config["device"]));

        devices.Set(["NVIDIA H200", "cpu"]);

        Assert.Equal(["NVIDIA H200", "cpu"], Assert.IsAssignableFrom<IReadOnlyList<string>>(catalog.Require("ct").Config["device"]));
    }

    [Fact]
    public void Models_EveryBundleOfTheZoo_IsDescribed()
    {
        var zoo = SharedFolders.RequireData("model-zoo");
        var catalog = new ModelCatalog(new ModelCatalogOptions { SearchFolders = [zoo] }, new DeviceDirectory(), NullLogger<ModelCatalog>.Instance);

        Assert.NotEmpty(catalog.Models);
        Assert.All(catalog.Models, m => Assert.NotNull(m.Problem));
        Assert.All(catalog.Models.SelectMany(m => m.Config.Values), v => Assert.True(v is bool or long or double or string or IReadOnlyList<string> { Count: > 0 }));
    }

    public void Dispose() => _folder.Dispose();

    private ModelCatalogOptions Options(string? models) => ModelCatalogOptions.FromConf(Path.Combine(_folder.Path, "app"), _folder.Path, models, null);

    private ModelCatalog Catalog(string? models) => new(Options(models), new DeviceDirectory(), NullLogger<ModelCatalog>.Instance);
}
