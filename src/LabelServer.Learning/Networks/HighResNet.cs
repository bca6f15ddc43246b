using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>HighResNet</c> with its default layers: dilated convolutions at full size. Input [N, C, X, Y(, Z)] of any size, output [N, classes, X, Y(, Z)]. State key: <c>blocks</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/highresnet.py; Li et al. 2017, arXiv:1707.01992. Normalisation and activation also come after the last convolution. Golden: networks_more/highresnet.</remarks>
public sealed class HighResNet : nn.Module<Tensor, Tensor>
{
    private const int FirstChannels = 16;
    private const int LastChannels = 80;
    private const int Repeats = 3;
    private static readonly int[] Stages = [16, 32, 64];
    private static readonly int[] Kernels = [3, 3];
    [ComponentName(Name = "blocks")]
    private readonly nn.Module<Tensor, Tensor> _blocks;

    private HighResNet(ConvolutionBlockOptions shared, double dropout, bool projects)
        : base(nameof(HighResNet))
    {
        int[] ones = [.. shared.Kernel.Select(_ => 1)];
        var blocks = new List<nn.Module<Tensor, Tensor>> { new ConvolutionBlock(shared with { OutChannels = FirstChannels }) };
        var channels = FirstChannels;
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                blocks.Add(new HighResBlock(shared with { InChannels = channels, OutChannels = Stages[stage], Dilation = 1 << stage }, Kernels, projects));
                channels = Stages[stage];
            }
        }

        var last = shared with { Kernel = ones, Dropout = dropout, Ordering = "NAD" };
        blocks.Add(new ConvolutionBlock(last with { InChannels = channels, OutChannels = LastChannels }));
        blocks.Add(new ConvolutionBlock(last with { InChannels = LastChannels }));
        _blocks = nn.Sequential([.. blocks.Select((block, index) => (FormattableString.Invariant($"{index}"), block))]);
        register_module("blocks", _blocks);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _blocks.call(input);

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims();

        var shared = new ConvolutionBlockOptions
        {
            InChannels = arguments.Integer("in_channels", 1),
            OutChannels = arguments.Integer("out_channels", 1),
            Kernel = [.. Enumerable.Repeat(3, dimensions)],
            Stride = [.. Enumerable.Repeat(1, dimensions)],
            Norm = arguments.Layer("norm_type", new LayerSpec("BATCH")),
            Activation = arguments.Layer("acti_type", new LayerSpec("RELU")),
            Bias = arguments.Boolean("bias", false),
            Ordering = "NA",
        };
        var dropout = arguments.ShareOrNone("dropout_prob") ?? 0;
        var projects = arguments.Word("channel_matching", false, new Dictionary<string, bool> { ["pad"] = false, ["project"] = true });
        arguments.RefuseOthers();
        return new NetworkDescription(new HighResNet(shared, dropout, projects), dimensions, shared.InChannels, shared.OutChannels);
    }
}
