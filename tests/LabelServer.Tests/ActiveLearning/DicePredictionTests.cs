using LabelServer.ActiveLearning.Hardest;
using LabelServer.Proposals;

namespace LabelServer.Tests.ActiveLearning;

public sealed class DicePredictionTests
{
    [Fact]
    public void Ridge_FindsALine_AndLeavesOutEachExampleInTurn()
    {
        double[][] inputs = [.. Enumerable.Range(0, 20).Select(i => new double[] { i, i * i % 7 })];
        double[] outputs = [.. inputs.Select(x => 3 + (2 * x[0]) - x[1])];
        var (fit, leftOut) = RidgeRegression.Fit(inputs, outputs);
        Assert.Equal(3 + 20 - 4, fit.Predict([10, 4]), 0.3);
        Assert.All(leftOut.Zip(outputs), p => Assert.Equal(p.Second, p.First, 0.8));
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 10, 20, 30, 40 }, 1)]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 9, 7, 5, 1 }, -1)]
    [InlineData(new double[] { 1, 2, 2, 4 }, new double[] { 1, 3, 2, 4 }, 0.9487)]
    [InlineData(new double[] { 1, 1 }, new double[] { 1, 2 }, double.NaN)]
    public void RankCorrelation_IsSpearmans(double[] first, double[] second, double expected) => Assert.Equal(expected, RankCorrelation.Of(first, second), 1e-4);

    [Fact]
    public void FewExamples_PredictNothing() => Assert.Null(DicePrediction.Of([.. Enumerable.Range(0, 4).Select(i => Labelled(i, 0.9, 1000))]));

    [Fact]
    public void Entropy_IsUsedWhereHalfOfTheExamplesHaveIt()
    {
        // Volumes say nothing here; the entropy says all.
        List<ImageFacts> images = [.. Enumerable.Range(0, 12).Select(i => Labelled(i, 0.95 - (0.05 * i), 1000) with { Dropout = Measured(0.01 * i) })];
        images.Add(Proposed("easy", 1000) with { Dropout = Measured(0.01) });
        images.Add(Proposed("hard", 1000) with { Dropout = Measured(0.10) });
        var prediction = DicePrediction.Of(images)!;
        Assert.Equal(0.90, prediction.Predicted["easy"], 0.05);
        Assert.Equal(0.45, prediction.Predicted["hard"], 0.05);
        Assert.True(prediction.HeldOutRankCorrelation > 0.95);
    }

    [Fact]
    public void EntropyOfOtherWeightsThanTheProposals_IsNotLookedAt()
    {
        List<ImageFacts> images = [.. Enumerable.Range(0, 12).Select(i => Labelled(i, 0.95 - (0.05 * i), 1000) with { Dropout = Measured(0.01 * i) })];
        images.Add(Proposed("stale", 1000) with { Dropout = Measured(0.10, weights: "later") });
        images.Add(Proposed("unmeasured", 1000));
        var prediction = DicePrediction.Of(images)!;
        Assert.Equal(prediction.Predicted["unmeasured"], prediction.Predicted["stale"]);
    }

    [Fact]
    public void EntropiesOfTheTwoWaysOfMeasuring_AreNotMixed()
    {
        // Mirrored entropies are ten times as large and say nothing; most examples have those with dropout.
        List<ImageFacts> images = [.. Enumerable.Range(0, 12).Select(i => Labelled(i, 0.95 - (0.05 * i), 1000) with { Dropout = Measured(0.01 * i), Mirrored = i < 9 ? Measured(1 + (i % 3)) : null })];
        images.Add(Proposed("easy", 1000) with { Dropout = Measured(0.01), Mirrored = Measured(9) });
        images.Add(Proposed("unmeasured", 1000) with { Mirrored = Measured(9) });
        images.Add(Proposed("plain", 1000));
        var prediction = DicePrediction.Of(images)!;
        Assert.Equal(0.90, prediction.Predicted["easy"], 0.05);
        Assert.Equal(prediction.Predicted["plain"], prediction.Predicted["unmeasured"]);
    }

    [Fact]
    public void Volumes_AreComparedWithAllLabels_NotOnlyThoseBesideAProposal()
    {
        // Proposals of 1000 mm³ were right, smaller ones wrong; the labels without a proposal say that 1000 is usual.
        List<ImageFacts> images = [.. Enumerable.Range(0, 8).Select(i => Labelled(i, i % 2 == 0 ? 0.9 : 0.3, 1000) with { Proposed = Volumes("s", i % 2 == 0 ? 1000 : 200), Corrected = new Dictionary<string, double>() })];
        images.AddRange(Enumerable.Range(0, 6).Select(i => new ImageFacts($"label{i}") { Corrected = Volumes("S", 950 + (20 * i)) }));
        images.Add(Proposed("usual", 1000));
        images.Add(Proposed("small", 200));
        var prediction = DicePrediction.Of(images)!;
        Assert.Equal(["small", "usual"], prediction.Predicted.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.9, prediction.Predicted["usual"], 0.1);
        Assert.Equal(0.3, prediction.Predicted["small"], 0.1);
    }

    [Fact]
    public void Features_AreComparedOnlyBetweenImagesThatWereMeasuredWithTheSameWeights()
    {
        var distances = new FeatureDistances(
        [
            ("a", Measured(0, [0, 0]), true), ("b", Measured(0, [2, 0]), true), ("c", Measured(0, [4, 0]), false),
            ("later", Measured(0, [4, 0], "later"), true), ("wide", Measured(0, [4, 0, 0]), true),
        ]);

        // Standard deviation of the first feature √(8/3), of the second none; the mean is over both.
        Assert.Equal(Math.Sqrt(4 / (8.0 / 3) / 2), distances.ToNearestLabelled("c", Measured(0, [4, 0]))!.Value, 1e-12);
        Assert.Equal(Math.Sqrt(4 / (8.0 / 3) / 2), distances.ToNearestLabelled("a", Measured(0, [0, 0]))!.Value, 1e-12);
        Assert.Null(distances.ToNearestLabelled("later", Measured(0, [4, 0], "later")));
        Assert.Null(distances.ToNearestLabelled("x", Measured(0, [4, 0], "never seen")));
        Assert.Null(distances.ToNearestLabelled("x", Measured(0, [])));
    }

    [Fact]
    public void Features_AreUsedWhereHalfOfTheExamplesHaveANeighbour()
    {
        // The further from the others, the worse.
        List<ImageFacts> images = [.. Enumerable.Range(0, 12).Select(i => Labelled(i, 0.9 - (0.05 * i), 1000) with { Dropout = Measured(0.1, [i * i]) })];
        images.Add(Proposed("near", 1000) with { Dropout = Measured(0.1, [1.1]) });
        images.Add(Proposed("far", 1000) with { Dropout = Measured(0.1, [150]) });
        var prediction = DicePrediction.Of(images)!;
        Assert.True(prediction.Predicted["near"] > prediction.Predicted["far"] + 0.3);
        Assert.True(prediction.HeldOutRankCorrelation > 0.8);
    }

    private static ImageFacts Labelled(int number, double dice, double volume) => Proposed($"i{number}", volume) with { Corrected = Volumes("s", volume), Dice = dice };

    private static ImageFacts Proposed(string id, double volume) => new(id) { Proposed = Volumes("s", volume), Weights = ["other file", "now"] };

    private static Dictionary<string, double> Volumes(string structure, double volume) => new(StringComparer.OrdinalIgnoreCase) { [structure] = volume };

    private static ImageUncertainty Measured(double entropy, double[]? features = null, string weights = "now") =>
        new() { Entropy = entropy, Features = features ?? [], Weights = weights };
}
