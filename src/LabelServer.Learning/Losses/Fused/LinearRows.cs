using static TorchSharp.torch;

namespace LabelServer.Learning.Losses.Fused;

/// <summary>A 1×1×1 convolution as a matrix product of rows of features, in float32, forward and backward. Its tensors belong to the caller's dispose scope.</summary>
internal sealed class LinearRows
{
    private readonly Tensor _weight;
    private readonly Tensor _transposed;
    private readonly Tensor _bias;

    /// <summary>Takes the convolution's weights [C, F, 1, 1(, 1)] and bias [C].</summary>
    public LinearRows(Tensor weight, Tensor bias)
    {
        _weight = weight.detach().to(ScalarType.Float32).reshape(weight.shape[0], weight.shape[1]).contiguous();
        _transposed = _weight.t().contiguous();
        _bias = bias.detach().to(ScalarType.Float32);
        WeightGradient = zeros_like(_weight);
        BiasGradient = zeros_like(_bias);
    }

    /// <summary>The gradient of the weights so far, [C, F].</summary>
    public Tensor WeightGradient { get; }

    /// <summary>The gradient of the bias so far, [C].</summary>
    public Tensor BiasGradient { get; }

    /// <summary>The scores [voxel, C] of features [voxel, F].</summary>
    public Tensor Scores(Tensor features) => addmm(_bias, features.to(ScalarType.Float32), _transposed, 1, 1);

    /// <summary>Writes the gradient of the features, and adds to those of weight and bias.</summary>
    public void Backward(Tensor gradient, Tensor features, Tensor featureGradient)
    {
        featureGradient.copy_(mm(gradient, _weight));
        WeightGradient.add_(mm(gradient.t(), features.to(ScalarType.Float32)));
        BiasGradient.add_(gradient.sum([0L]));
    }
}
