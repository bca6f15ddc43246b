using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Convolutions with a way around them: MONAI's <c>ResidualUnit</c>. State keys: <c>conv.unitN</c>, <c>residual</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/blocks/convolutions.py.</remarks>
public sealed class ResidualUnit : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly nn.Module<Tensor, Tensor> _conv;
    [ComponentName(Name = "residual")]
    private readonly AxisConvolution? _residual;

    /// <summary>Creates the unit.</summary>
    /// <param name="options">The first convolution; the others follow from it.</param>
    /// <param name="subunits">How many convolutions there are.</param>
    /// <param name="lastIsBare">Whether the last one has nothing after it.</param>
    public ResidualUnit(ConvolutionBlockOptions options, int subunits, bool lastIsBare = false)
        : base(nameof(ResidualUnit))
    {
        ArgumentNullException.ThrowIfNull(options);
        int[] one = [.. options.Stride.Select(_ => 1)];
        var units = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>();
        for (var unit = 0; unit < Math.Max(1, subunits); unit++)
        {
            var own = unit == 0 ? options : options with { InChannels = options.OutChannels, Stride = one };
            own = lastIsBare && unit == Math.Max(1, subunits) - 1 ? own with { Norm = null, Activation = null, Dropout = 0 } : own;
            units.Add((FormattableString.Invariant($"unit{unit}"), new ConvolutionBlock(own)));
        }

        _conv = nn.Sequential(units);
        register_module("conv", _conv);
        var keepsSize = options.Stride.All(s => s == 1);
        if (!keepsSize || options.InChannels != options.OutChannels)
        {
            int[] kernel = keepsSize ? one : options.Kernel;
            _residual = new AxisConvolution(options.InChannels, options.OutChannels, kernel, options.Stride, [.. kernel.Select(k => (k - 1) / 2)], options.Bias);
            register_module("residual", _residual);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var convolved = _conv.call(input);
        return (convolved + (_residual?.call(input) ?? input)).MoveToOuterDisposeScope();
    }
}
