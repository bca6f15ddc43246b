using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>AttentionUnet</c>: a U-Net whose skip connections are weighed by what lies below. State key: <c>model</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/attentionunet.py; Oktay et al. 2018, arXiv:1804.03999. Golden: networks_more/attention_unet.</remarks>
public sealed class AttentionUnet : nn.Module<Tensor, Tensor>, ISizedNetwork
{
    [ComponentName(Name = "model")]
    private readonly nn.Module<Tensor, Tensor> _model;

    private AttentionUnet(Shape shape, int inChannels, int outChannels)
        : base(nameof(AttentionUnet))
    {
        SizeMultiple = shape.Strides.Take(shape.Channels.Count - 1).Aggregate(1, (product, s) => product * s.Max());
        var reduce = new ConvolutionBlock(shape.Bare(shape.Channels[0], outChannels));
        _model = nn.Sequential(("0", new DoubleConvolution(shape, inChannels, shape.Channels[0], shape.Ones)), ("1", Level(shape, 0)), ("2", reduce));
        register_module("model", _model);
    }

    /// <inheritdoc/>
    public int SizeMultiple { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _model.call(input);

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims();
        var (inChannels, outChannels) = (arguments.Integer("in_channels", 1), arguments.Integer("out_channels", 1));
        var shape = new Shape(
            arguments.Integers("channels", []),
            arguments.Sizes("strides", dimensions),
            arguments.OddSize("kernel_size", dimensions, 3),
            arguments.OddSize("up_kernel_size", dimensions, 3),
            arguments.ShareOrNone("dropout") ?? 0);
        arguments.RefuseOthers();
        return shape.Channels.Count >= 2 && shape.Strides.Count >= shape.Channels.Count - 1
            ? new NetworkDescription(new AttentionUnet(shape, inChannels, outChannels), dimensions, inChannels, outChannels)
            : throw new NetworkUnsupportedException($"{definition.Id} ({definition.Target}): {shape.Channels.Count} channels and {shape.Strides.Count} strides do not go together.");
    }

    private static GatedLevel Level(Shape shape, int level)
    {
        var (own, below) = (shape.Channels[level], shape.Channels[level + 1]);
        nn.Module<Tensor, Tensor> down = new DoubleConvolution(shape, own, below, shape.Strides[level]);
        return new GatedLevel(shape, own, below, shape.Strides[level], level == shape.Channels.Count - 2 ? down : nn.Sequential(("0", down), ("1", Level(shape, level + 1))));
    }

    private sealed record Shape(IReadOnlyList<int> Channels, IReadOnlyList<int[]> Strides, int[] Kernel, int[] UpKernel, double Dropout)
    {
        public int[] Ones => [.. Kernel.Select(_ => 1)];

        public ConvolutionBlockOptions Bare(int inChannels, int outChannels) => new() { InChannels = inChannels, OutChannels = outChannels, Kernel = Ones, Stride = Ones };

        public static ConvolutionBlockOptions Normalised(int inChannels, int outChannels, int[] kernel, int[] stride) => new()
        {
            InChannels = inChannels,
            OutChannels = outChannels,
            Kernel = kernel,
            Stride = stride,
            Norm = new LayerSpec("BATCH"),
            Activation = new LayerSpec("RELU"),
        };
    }

    private sealed class DoubleConvolution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "conv")]
        private readonly nn.Module<Tensor, Tensor> _conv;

        public DoubleConvolution(Shape shape, int inChannels, int outChannels, int[] stride)
            : base(nameof(DoubleConvolution))
        {
            _conv = nn.Sequential(
                ("0", new ConvolutionBlock(Shape.Normalised(inChannels, outChannels, shape.Kernel, stride) with { Dropout = shape.Dropout })),
                ("1", new ConvolutionBlock(Shape.Normalised(outChannels, outChannels, shape.Kernel, shape.Ones) with { Dropout = shape.Dropout })));
            register_module("conv", _conv);
        }

        public override Tensor forward(Tensor input) => _conv.call(input);
    }

    private sealed class Up : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "up")]
        private readonly ConvolutionBlock _up;

        public Up(Shape shape, int inChannels, int outChannels, int[] stride)
            : base(nameof(Up))
        {
            _up = new ConvolutionBlock(Shape.Normalised(inChannels, outChannels, shape.UpKernel, stride) with { IsTransposed = true });
            register_module("up", _up);
        }

        public override Tensor forward(Tensor input) => _up.call(input);
    }

    private sealed class Gate : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "W_g")]
        private readonly nn.Module<Tensor, Tensor> _below;
        [ComponentName(Name = "W_x")]
        private readonly nn.Module<Tensor, Tensor> _skip;
        [ComponentName(Name = "psi")]
        private readonly nn.Module<Tensor, Tensor> _weight;

        public Gate(Shape shape, int channels)
            : base(nameof(Gate))
        {
            _below = Normalised(shape, channels, channels / 2);
            _skip = Normalised(shape, channels, channels / 2);
            _weight = nn.Sequential(
                ("0", new ConvolutionBlock(shape.Bare(channels / 2, 1))), ("1", NormalizationLayer.Create(new LayerSpec("BATCH"), shape.Kernel.Length, 1)), ("2", nn.Sigmoid()));
            register_module("W_g", _below);
            register_module("W_x", _skip);
            register_module("psi", _weight);
        }

        public override Tensor forward(Tensor below, Tensor skip)
        {
            using var scope = NewDisposeScope();
            var weight = _weight.call((_below.call(below) + _skip.call(skip)).relu());
            return (skip * weight).MoveToOuterDisposeScope();
        }

        private static nn.Module<Tensor, Tensor> Normalised(Shape shape, int inChannels, int outChannels) => nn.Sequential(
            ("0", new ConvolutionBlock(shape.Bare(inChannels, outChannels))), ("1", NormalizationLayer.Create(new LayerSpec("BATCH"), shape.Kernel.Length, outChannels)));
    }

    private sealed class GatedLevel : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "attention")]
        private readonly Gate _attention;
        [ComponentName(Name = "upconv")]
        private readonly Up _up;
        [ComponentName(Name = "merge")]
        private readonly ConvolutionBlock _merge;
        [ComponentName(Name = "submodule")]
        private readonly nn.Module<Tensor, Tensor> _below;

        public GatedLevel(Shape shape, int channels, int belowChannels, int[] stride, nn.Module<Tensor, Tensor> below)
            : base(nameof(GatedLevel))
        {
            _attention = new Gate(shape, channels);
            _up = new Up(shape, belowChannels, channels, stride);

            // MONAI's default kernel, instance normalisation and PReLU.
            _merge = new ConvolutionBlock(new ConvolutionBlockOptions
            {
                InChannels = 2 * channels,
                OutChannels = channels,
                Kernel = [.. shape.Ones.Select(_ => 3)],
                Stride = shape.Ones,
                Norm = new LayerSpec("INSTANCE"),
                Activation = new LayerSpec("PRELU"),
                Dropout = shape.Dropout,
            });
            _below = below;
            register_module("attention", _attention);
            register_module("upconv", _up);
            register_module("merge", _merge);
            register_module("submodule", below);
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var below = _up.call(_below.call(input));
            return _merge.call(cat([_attention.call(below, input), below], 1)).MoveToOuterDisposeScope();
        }
    }
}
