using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A convolution with normalisation, dropout and activation after it: MONAI's <c>Convolution</c>. State keys: <c>conv</c>, <c>adn.N</c>, <c>adn.A</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/{convolutions,acti_norm}.py.</remarks>
public sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly AxisConvolution _conv;
    [ComponentName(Name = "adn")]
    private readonly nn.Module<Tensor, Tensor>? _after;

    /// <summary>Creates the block.</summary>
    public ConvolutionBlock(ConvolutionBlockOptions options)
        : base(nameof(ConvolutionBlock))
    {
        ArgumentNullException.ThrowIfNull(options);
        var outputPadding = options.IsTransposed ? options.OutputPadding ?? [.. options.Stride.Select(s => s - 1)] : null;
        _conv = new AxisConvolution(options.InChannels, options.OutChannels, options.Kernel, options.Stride, options.Padding ?? [.. options.Kernel.Select(k => (k - 1) / 2 * options.Dilation)], options.Bias, outputPadding, options.Dilation);
        register_module("conv", _conv);
        _after = After(options);
        if (_after is not null)
        {
            register_module("adn", _after);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var convolved = _conv.call(input);
        if (_after is null)
        {
            return convolved;
        }

        using (convolved)
        {
            return _after.call(convolved);
        }
    }

    /// <summary>What comes after the convolution: MONAI's <c>ADN</c>; null for nothing.</summary>
    internal static nn.Module<Tensor, Tensor>? After(ConvolutionBlockOptions options)
    {
        var layers = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>();
        foreach (var letter in options.Ordering.ToUpperInvariant())
        {
            switch (letter)
            {
                case 'N' when options.Norm is { } norm:
                    layers.Add(("N", NormalizationLayer.Create(norm, options.Kernel.Length, options.OutChannels)));
                    break;
                case 'A' when options.Activation is { } activation:
                    layers.Add(("A", ActivationLayer.Create(activation)));
                    break;
                case 'D' when options.Dropout > 0:
                    layers.Add(("D", nn.Dropout(options.Dropout)));
                    break;
            }
        }

        return layers.Count == 0 ? null : nn.Sequential(layers);
    }
}
