using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Models;

public sealed class WeightsChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // The panel sends every setting back, of a list its first entry: model_filename is then "auto".
    [Theory]
    [InlineData("auto", true, SegmentationBundle.FineWeights, true)]
    [InlineData("auto", false, SegmentationBundle.CoarseWeights, false)]
    [InlineData("", false, SegmentationBundle.CoarseWeights, false)]
    [InlineData(null, null, SegmentationBundle.FineWeights, true)]
    [InlineData("AUTO", null, SegmentationBundle.FineWeights, true)]
    [InlineData(SegmentationBundle.CoarseWeights, true, SegmentationBundle.CoarseWeights, false)]
    [InlineData(SegmentationBundle.FineWeights, false, SegmentationBundle.FineWeights, true)]
    [InlineData("unheard_of.pt", false, SegmentationBundle.CoarseWeights, false)]
    [InlineData("extra.pt", false, "extra.pt", false)]
    [InlineData("extra.pt", null, "extra.pt", true)]
    public void For_BothResolutions_ChoosesWeightsAndSpacingTogether(string? named, bool? highres, string file, bool spacing)
    {
        var bundle = Path.Combine(_folder.Path, "ct");
        SegmentationBundle.Write(bundle);
        File.WriteAllText(Path.Combine(bundle, "models", "extra.pt"), "weights");

        Assert.Equal(new WeightsChoice(file, spacing), WeightsChoice.For(Model(), named, highres));
    }

    [Fact]
    public void For_OnlyCoarseWeights_FollowsThemUnlessToldOtherwise()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "ct"), fine: false);

        Assert.Equal(new WeightsChoice(SegmentationBundle.CoarseWeights, false), WeightsChoice.For(Model(), "auto", null));
        var error = Assert.Throws<ModelNotUsableException>(() => WeightsChoice.For(Model(), "auto", true));
        Assert.Contains(SegmentationBundle.FineWeights, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void For_NamedWeightsThatAreMissing_IsAnErrorAndNotTheOtherOnes()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "ct"), fine: false);

        Assert.Throws<ModelNotUsableException>(() => WeightsChoice.For(Model(), SegmentationBundle.FineWeights, false));
    }

    [Fact]
    public void For_AnotherFormatOfTheSameWeights_StandsIn()
    {
        var bundle = Path.Combine(_folder.Path, "ct");
        SegmentationBundle.Write(bundle, fine: false, coarse: false);
        File.WriteAllText(Path.Combine(bundle, "models", "model.ts"), "script");

        Assert.Equal(new WeightsChoice("model.ts", true), WeightsChoice.For(Model(), null, null));
    }

    public void Dispose() => _folder.Dispose();

    private ModelDescription Model() =>
        new ModelCatalog(new ModelCatalogOptions { SearchFolders = [_folder.Path] }, new DeviceDirectory(), NullLogger<ModelCatalog>.Instance).Require("ct");
}
