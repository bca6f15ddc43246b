using LabelServer.Learning.Losses;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Losses;

public sealed class DeepSupervisionLossTests
{
    [Theory]
    [InlineData(DeepSupervisionWeighting.Exponential, new[] { 1, 0.5, 0.25, 0.125, 0.0625, 0.0625 })]
    [InlineData(DeepSupervisionWeighting.Same, new[] { 1.0, 1, 1, 1, 1, 1 })]
    [InlineData(DeepSupervisionWeighting.Two, new[] { 1, 0.5, 0.5, 0.5, 0.5, 0.5 })]
    public void Forward_NamedWeighting_WeighsLevels(DeepSupervisionWeighting weighting, double[] weights)
    {
        using var scope = NewDisposeScope();
        var loss = new DeepSupervisionLoss(new FirstValue(), weighting);
        Tensor[] levels = [.. Enumerable.Range(0, weights.Length).Select(l => full([1, 2, 4, 4, 4], MathF.Pow(3, l)))];

        var value = loss.Forward(levels, zeros([1, 1, 4, 4, 4])).item<float>();

        Assert.Equal(weights.Select((w, l) => w * Math.Pow(3, l)).Sum(), value, 1e-4);
    }

    private sealed class FirstValue : ISegmentationLoss
    {
        public ScoreActivation Activation => ScoreActivation.Softmax;

        public Tensor Forward(Tensor scores, Tensor target) => scores.max();

        public ISegmentationLoss ForClasses(IReadOnlyList<int> kept) => this;
    }
}
