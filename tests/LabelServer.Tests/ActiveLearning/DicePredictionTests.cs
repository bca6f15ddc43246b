using LabelServer.ActiveLearning.Hardest;

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
        List<ImageFacts> images = [.. Enumerable.Range(0, 12).Select(i => Labelled(i, 0.95 - (0.05 * i), 1000) with { Entropy = 0.01 * i })];
        images.Add(new ImageFacts("easy", 0.01, new Dictionary<string, double> { ["s"] = 1000 }, [], null, null));
        images.Add(new ImageFacts("hard", 0.10, new Dictionary<string, double> { ["s"] = 1000 }, [], null, null));
        var prediction = DicePrediction.Of(images)!;
        Assert.Equal(0.90, prediction.Predicted["easy"], 0.05);
        Assert.Equal(0.45, prediction.Predicted["hard"], 0.05);
        Assert.True(prediction.HeldOutRankCorrelation > 0.95);
    }

    private static ImageFacts Labelled(int number, double dice, double volume) =>
        new($"i{number}", null, new Dictionary<string, double> { ["s"] = volume }, [], new Dictionary<string, double> { ["s"] = volume }, dice);
}
