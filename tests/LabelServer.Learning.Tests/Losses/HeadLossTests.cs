using LabelServer.Learning.Losses;
using LabelServer.Learning.Losses.Fused;
using LabelServer.Learning.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Losses;

/// <summary>The fused loss of features against the convolution followed by the loss of its scores.</summary>
public sealed class HeadLossTests
{
    private const int Features = 8;

    [Theory]
    [InlineData(1, 3, "", true)]
    [InlineData(2, 3, "", false)]
    [InlineData(1, 105, "", true)]
    [InlineData(2, 7, "1101001", true)]
    [InlineData(2, 7, "0101001", false)]
    [InlineData(3, 20, "11111111110000000001", true)]
    public void Forward_AnyLabel_LossAndGradientsAreThePlainOnes(int samples, int classes, string annotated, bool background)
    {
        using var scope = NewDisposeScope();
        var listed = Listed(annotated, samples);
        var (features, head, target) = Make(samples, classes, listed[0]);
        var loss = Loss(background);

        var (plain, plainGradients) = Run(features, head, f => new MarginalLoss(loss).Forward(head.call(f), target, listed));
        var (fused, fusedGradients) = Run(features, head, f => HeadLoss.For(loss)!.Forward(f, head, target, listed));

        Assert.Equal(plain, fused, 1e-5f * MathF.Abs(plain));
        foreach (var (expected, actual) in plainGradients.Zip(fusedGradients))
        {
            AssertClose(expected, actual, 1e-5);
        }
    }

    [Fact]
    public void Forward_SureOfAnotherClass_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var (features, head, _) = Make(1, 4, null);
        using (no_grad())
        {
            head.Weight.zero_();
            head.Bias!.copy_(tensor(new float[] { -200, 0, -210, 0 }));
        }

        // Background and class 2 are merged and have a probability that is 0 in float32; its logarithm is not.
        var target = zeros(new long[] { 1, 1, 5, 6, 7 });
        bool[]?[] listed = [[true, true, false, true]];
        var (plain, plainGradients) = Run(features, head, f => new MarginalLoss(Loss(true)).Forward(head.call(f), target, listed));
        var (fused, fusedGradients) = Run(features, head, f => HeadLoss.For(Loss(true))!.Forward(f, head, target, listed));

        Assert.True(plain > 100, $"{plain}");
        Assert.Equal(plain, fused, 1e-5f * plain);
        AssertClose(plainGradients[2], fusedGradients[2], 1e-5);
    }

    [Fact]
    public void Forward_BFloat16Features_IsTheFloat32LossOfThem()
    {
        using var scope = NewDisposeScope();
        var (features, head, target) = Make(1, 9, null);
        var rounded = features.to(ScalarType.BFloat16);
        var (expected, expectedGradients) = Run(rounded.to(ScalarType.Float32), head, f => HeadLoss.For(Loss(true))!.Forward(f, head, target, [null]));

        var (actual, gradients) = Run(rounded, head, f => HeadLoss.For(Loss(true))!.Forward(f, head, target, [null]));

        Assert.Equal(expected, actual, 1e-6f);
        AssertClose(expectedGradients[0], gradients[0].to(ScalarType.Float32), 1e-2);
        AssertClose(expectedGradients[1], gradients[1], 1e-5);
    }

    [Fact]
    public void Forward_PartOfALargerLoss_GradientIsScaled()
    {
        using var scope = NewDisposeScope();
        var (features, head, target) = Make(1, 5, null);
        var (_, once) = Run(features, head, f => HeadLoss.For(Loss(true))!.Forward(f, head, target, [null]));

        var (_, half) = Run(features, head, f => HeadLoss.For(Loss(true))!.Forward(f, head, target, [null]) / 2);

        AssertClose(once[0], half[0] * 2, 1e-6);
        AssertClose(once[1], half[1] * 2, 1e-6);
    }

    [Theory]
    [InlineData(5f, "DiceCELoss: the target holds class 5, the network has classes 0 to 4. Check the label map.")]
    [InlineData(2f, "MarginalLoss: a label holds a class that it does not list.")]
    public void Forward_WrongTarget_SaysSo(float value, string message)
    {
        using var scope = NewDisposeScope();
        var (features, head, target) = Make(1, 5, null);
        target.fill_(value);

        var error = Assert.Throws<LossException>(() => HeadLoss.For(Loss(true))!.Forward(features, head, target, [[true, true, false, true, true]]));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void For_OtherLosses_IsNull()
    {
        Assert.Null(HeadLoss.For(new DiceLoss(new() { Activation = ScoreActivation.Softmax, ToOneHot = true })));
        Assert.Null(HeadLoss.For(new WeightedSumLoss("x", new DiceLoss(new() { Activation = ScoreActivation.Sigmoid, ToOneHot = true }), 1, new CrossEntropy(new()), 1)));
        Assert.Null(HeadLoss.For(new WeightedSumLoss("x", new DiceLoss(new() { Activation = ScoreActivation.Softmax, ToOneHot = true, Squared = true }), 1, new CrossEntropy(new()), 1)));
    }

    private static WeightedSumLoss Loss(bool background) => new(
        "DiceCELoss",
        new DiceLoss(new() { Activation = ScoreActivation.Softmax, ToOneHot = true, IncludeBackground = background }),
        1.5,
        new CrossEntropy(new()),
        0.75);

    private static bool[]?[] Listed(string annotated, int samples) =>
        [.. Enumerable.Range(0, samples).Select(s => annotated.Length == 0 || s == 1 ? null : annotated.Select(c => c == '1').ToArray())];

    private static (Tensor Features, ConvolutionLayer Head, Tensor Target) Make(int samples, int classes, bool[]? listed)
    {
        random.manual_seed(classes);
        var head = new ConvolutionLayer(3, Features, classes, kernelSize: 1, bias: true);
        var features = TorchLayout.ChannelsLast(randn([samples, Features, 5, 6, 7]) * 4);
        int[] classesThere = [.. Enumerable.Range(0, classes).Where(c => c == 0 || listed is null || listed[c])];
        var picked = randint(0, classesThere.Length, [samples, 1, 5, 6, 7], ScalarType.Int64);
        return (features, head, tensor(classesThere.Select(c => (float)c).ToArray()).index_select(0, picked.flatten()).reshape(picked.shape));
    }

    private static (float Loss, Tensor[] Gradients) Run(Tensor features, ConvolutionLayer head, Func<Tensor, Tensor> loss)
    {
        head.zero_grad();
        var input = features.detach().clone().requires_grad_();
        var value = loss(input);
        value.backward();
        return (value.item<float>(), [input.grad!.clone(), head.Weight.grad!.clone(), head.Bias!.grad!.clone()]);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        var largest = expected.abs().max().item<float>();
        var difference = (expected - actual).abs().max().item<float>();
        Assert.True(difference <= (tolerance * largest) + 1e-9, $"{difference} of {largest}");
    }
}
