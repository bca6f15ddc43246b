using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Brings features to a number of channels, by zeros on both sides or by a convolution of kernel 1: MONAI's <c>ChannelPad</c>. State key: <c>project</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/layers/simplelayers.py.</remarks>
internal sealed class ChannelPadding : nn.Module<Tensor, Tensor>
{
    private readonly long[] _padding = [];
    [ComponentName(Name = "project")]
    private readonly AxisConvolution? _projection;

    /// <summary>Creates the layer.</summary>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out; with zeros, no fewer.</param>
    /// <param name="projects">Whether a convolution does it.</param>
    public ChannelPadding(int spatialDims, int inChannels, int outChannels, bool projects)
        : base(nameof(ChannelPadding))
    {
        if (inChannels != outChannels && projects)
        {
            int[] ones = [.. Enumerable.Repeat(1, spatialDims)];
            _projection = new AxisConvolution(inChannels, outChannels, ones, ones, [.. ones.Select(_ => 0)], bias: true);
            register_module("project", _projection);
        }
        else if (inChannels != outChannels)
        {
            var before = (outChannels - inChannels) / 2;
            _padding = [.. Enumerable.Repeat(0L, 2 * spatialDims), before, outChannels - inChannels - before];
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        _projection?.call(input) ?? (_padding.Length > 0 ? nn.functional.pad(input, _padding) : input.alias());
}
