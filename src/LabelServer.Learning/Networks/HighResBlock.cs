using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Dilated convolutions with a way around them: MONAI's <c>HighResBlock</c>. State keys: <c>chn_pad</c>, <c>layers</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/highresnet.py.</remarks>
internal sealed class HighResBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "chn_pad")]
    private readonly ChannelPadding _around;
    [ComponentName(Name = "layers")]
    private readonly nn.Module<Tensor, Tensor> _layers;

    /// <summary>Creates the block.</summary>
    /// <param name="first">The first convolution: its channels, dilation, normalisation and activation. The normalisation is before the convolution here.</param>
    /// <param name="kernels">The kernel of each convolution, the same along each axis.</param>
    /// <param name="projects">Whether a convolution, not zeros, fits the channels of the way around.</param>
    public HighResBlock(ConvolutionBlockOptions first, IReadOnlyList<int> kernels, bool projects)
        : base(nameof(HighResBlock))
    {
        _around = new ChannelPadding(first.Kernel.Length, first.InChannels, first.OutChannels, projects);
        var layers = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>();
        var channels = first.InChannels;
        foreach (var kernel in kernels)
        {
            layers.Add((FormattableString.Invariant($"{layers.Count}"), ConvolutionBlock.After(first with { OutChannels = channels })!));
            var convolution = first with { InChannels = channels, Kernel = [.. first.Kernel.Select(_ => kernel)], Norm = null, Activation = null };
            layers.Add((FormattableString.Invariant($"{layers.Count}"), new ConvolutionBlock(convolution)));
            channels = first.OutChannels;
        }

        _layers = nn.Sequential(layers);
        register_module("chn_pad", _around);
        register_module("layers", _layers);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var around = _around.call(input);
        return _layers.call(input).add_(around);
    }
}
