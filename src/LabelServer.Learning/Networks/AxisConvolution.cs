using LabelServer.Learning.Networks.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A convolution, plain or transposed, whose kernel, stride and padding may differ from axis to axis. State keys: <c>weight</c>, <c>bias</c>.</summary>
/// <remarks>Initial weights as PyTorch's: https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html (uniform in ±1/√(fan in)).</remarks>
public sealed class AxisConvolution : nn.Module<Tensor, Tensor>
{
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly long[]? _outputPadding;
    private readonly long[] _dilation;

    /// <summary>Creates the layer.</summary>
    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="kernel">The kernel's size along each axis; two or three.</param>
    /// <param name="stride">The stride along each axis.</param>
    /// <param name="padding">The padding on both sides of each axis.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="outputPadding">For a transposed convolution: the voxels added at the end of each axis; null makes a plain one.</param>
    /// <param name="dilation">For a plain convolution: the distance between the kernel's values, the same along each axis.</param>
    /// <exception cref="LabelServer.Inference.Networks.NetworkUnsupportedException">There are no channels in or out.</exception>
    public AxisConvolution(int inChannels, int outChannels, int[] kernel, int[] stride, int[] padding, bool bias, int[]? outputPadding = null, int dilation = 1)
        : base(nameof(AxisConvolution))
    {
        ArgumentNullException.ThrowIfNull(kernel);
        LayerChecks.RequireChannels(inChannels, outChannels);
        _stride = Long(stride);
        _padding = Long(padding);
        _dilation = [.. kernel.Select(_ => (long)dilation)];
        _outputPadding = outputPadding is null ? null : Long(outputPadding);
        var (first, second) = _outputPadding is null ? (outChannels, inChannels) : (inChannels, outChannels);
        using var noGradient = no_grad();
        var weight = empty([first, second, .. Long(kernel)]);
        var bound = 1 / Math.Sqrt(second * kernel.Aggregate(1.0, (product, k) => product * k));
        weight.uniform_(-bound, bound);
        register_parameter("weight", new Parameter(weight));
        if (bias)
        {
            register_parameter("bias", new Parameter(empty(outChannels).uniform_(-bound, bound)));
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // A conversion to another number type replaces registered parameters, so they are asked for by name.
        var (weight, bias) = (get_parameter("weight")!, get_parameter("bias"));
        return (_stride.Length, _outputPadding) switch
        {
            (_, null) => PlainConvolution.Apply(input, weight, bias, _stride, _padding, _dilation),
            (2, _) => nn.functional.conv_transpose2d(input, weight, bias, strides: _stride, padding: _padding, output_padding: _outputPadding),
            _ => nn.functional.conv_transpose3d(input, weight, bias, strides: _stride, padding: _padding, output_padding: _outputPadding),
        };
    }

    private static long[] Long(int[] values) => [.. values.Select(v => (long)v)];
}
