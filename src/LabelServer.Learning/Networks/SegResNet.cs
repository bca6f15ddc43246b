using LabelServer.Inference.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's SegResNet without the variational part: a residual encoder and decoder. Input [N, C, X, Y(, Z)], output [N, classes, X, Y(, Z)] of the same size.</summary>
/// <remarks>
/// <para>Source: MONAI@d388d1c6 monai/networks/nets/segresnet.py; Myronenko 2018, arXiv:1810.11654. State keys are MONAI's, in MONAI's order.</para>
/// <para>The size must be divisible by 2^(levels - 1) along each axis. Golden: SegResNetGoldenTests.</para>
/// </remarks>
public sealed class SegResNet : nn.Module<Tensor, Tensor>, IFeatureNetwork, ISizedNetwork, IDropoutModule
{
    [ComponentName(Name = "convInit")]
    private readonly ConvolutionLayer _convInit;

    [ComponentName(Name = "dropout")]
    private readonly nn.Module<Tensor, Tensor>? _dropout;

    [ComponentName(Name = "conv_final")]
    private readonly FinalLayers _final;

    [ComponentName(Name = "act_mod")]
    private readonly nn.Module<Tensor, Tensor> _activation;

    // Not registered: it belongs to a measurement, not to the network.
    private nn.Module<Tensor, Tensor>? _inferenceDropout;

    private readonly List<DownLevel> _down = [];
    private readonly List<(ConvolutionLayer Conv, UpsampleLayer Upsample, List<ResidualBlock> Blocks)> _up = [];

    /// <summary>Creates the network with PyTorch's default initial weights.</summary>
    /// <exception cref="NetworkUnsupportedException">An option is not supported or makes no sense.</exception>
    public SegResNet(SegResNetOptions options)
        : base(nameof(SegResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Options = options;
        _activation = ActivationLayer.Create(options.Activation);
        _convInit = new ConvolutionLayer(options.SpatialDims, options.InChannels, options.InitFilters);
        register_module("act_mod", _activation);
        register_module("convInit", _convInit);
        MakeDown();
        MakeUp();

        _final = new FinalLayers(
            NormalizationLayer.Create(options.Norm, options.SpatialDims, options.InitFilters),
            _activation,
            new ConvolutionLayer(options.SpatialDims, options.InitFilters, options.OutChannels, kernelSize: 1, bias: true));
        register_module("conv_final", _final);
        if (options.DropoutProb is { } probability)
        {
            _dropout = Dropout(probability);
            register_module("dropout", _dropout);
        }
    }

    /// <summary>What it was built with.</summary>
    public SegResNetOptions Options { get; }

    /// <inheritdoc/>
    public ConvolutionLayer? Head => Options.UseConvFinal ? _final.Convolution : null;

    /// <inheritdoc/>
    public int SizeMultiple => Options.SizeMultiple;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var features = Features(input);
        if (!Options.UseConvFinal)
        {
            return features;
        }

        using (features)
        {
            return _final.Convolution.call(features);
        }
    }

    /// <summary>All but the last convolution: the <see cref="SegResNetOptions.InitFilters"/> features that it reads, activated.</summary>
    /// <inheritdoc/>
    public Tensor Features(Tensor input, Action<Tensor>? encoded = null, CancellationToken cancellationToken = default)
    {
        var skips = new Stack<Tensor>();
        try
        {
            var deepest = Encode(input, skips, cancellationToken);
            encoded?.Invoke(deepest);
            using var decoded = Decode(deepest, skips, cancellationToken);
            if (!Options.UseConvFinal)
            {
                return decoded.alias();
            }

            return _final.call(decoded);
        }
        finally
        {
            while (skips.TryPop(out var skip))
            {
                skip.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void UseDropout(double? probability)
    {
        _inferenceDropout?.Dispose();
        _inferenceDropout = probability is { } share ? Dropout(share) : null;
        _inferenceDropout?.train();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _inferenceDropout?.Dispose();
        base.Dispose(disposing);
    }

    private nn.Module<Tensor, Tensor> Dropout(double probability) => Options.SpatialDims == 3 ? nn.Dropout3d(probability) : nn.Dropout2d(probability);

    private void MakeDown()
    {
        var layers = new ModuleList<nn.Module<Tensor, Tensor>>();
        for (var level = 0; level < Options.BlocksDown.Count; level++)
        {
            var channels = Options.InitFilters << level;
            var stride = level == 0 ? null : new ConvolutionLayer(Options.SpatialDims, channels / 2, channels, stride: 2);
            var down = new DownLevel(stride, Blocks(Options.BlocksDown[level], channels));
            _down.Add(down);
            layers.Add(down);
        }

        register_module("down_layers", layers);
    }

    private void MakeUp()
    {
        var layers = new ModuleList<nn.Module<Tensor, Tensor>>();
        var samples = new ModuleList<nn.Module<Tensor, Tensor>>();
        for (var step = 0; step < Options.BlocksUp.Count; step++)
        {
            var channels = Options.InitFilters << (Options.BlocksUp.Count - step - 1);
            var conv = new ConvolutionLayer(Options.SpatialDims, channels * 2, channels, kernelSize: 1);
            var upsample = new UpsampleLayer(Options.SpatialDims, channels, Options.UpsampleMode);
            var blocks = Blocks(Options.BlocksUp[step], channels);
            _up.Add((conv, upsample, blocks));
            layers.Add(nn.Sequential([.. blocks.Select((block, index) => ($"{index}", (nn.Module<Tensor, Tensor>)block))]));
            samples.Add(nn.Sequential(("0", conv), ("1", upsample)));
        }

        register_module("up_layers", layers);
        register_module("up_samples", samples);
    }

    private List<ResidualBlock> Blocks(int count, int channels) =>
        [.. Enumerable.Range(0, count).Select(_ => new ResidualBlock(Options.SpatialDims, channels, Options.Norm, Options.Activation))];

    private Tensor Encode(Tensor input, Stack<Tensor> skips, CancellationToken cancellationToken)
    {
        var x = _convInit.call(input);
        if (_inferenceDropout is not null)
        {
            using var all = x;
            x = _inferenceDropout.call(all);
        }
        else if (training && _dropout is not null)
        {
            using var all = x;
            x = _dropout.call(all);
        }

        foreach (var down in _down)
        {
            var next = down.Run(x, cancellationToken);
            if (skips.Count == 0)
            {
                x.Dispose();
            }

            skips.Push(next);
            x = next;
        }

        return skips.Pop();
    }

    private Tensor Decode(Tensor x, Stack<Tensor> skips, CancellationToken cancellationToken)
    {
        foreach (var (conv, upsample, blocks) in _up)
        {
            using var narrow = conv.call(x);
            x.Dispose();
            x = upsample.call(narrow);
            using (var skip = skips.Pop())
            {
                x = x.add_(skip);
            }

            x = RunBlocks(blocks, x, cancellationToken);
        }

        return x;
    }

    // Takes over the tensor.
    private static Tensor RunBlocks(List<ResidualBlock> blocks, Tensor x, CancellationToken cancellationToken)
    {
        foreach (var block in blocks)
        {
            using var before = x;
            cancellationToken.ThrowIfCancellationRequested();
            x = block.call(before);
        }

        return x;
    }

    /// <summary>Normalisation, activation and the 1×1×1 convolution to the classes, of which <see cref="forward"/> does the first two.</summary>
    private sealed class FinalLayers : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly nn.Module<Tensor, Tensor> _norm;

        [ComponentName(Name = "1")]
        private readonly nn.Module<Tensor, Tensor> _activation;

        [ComponentName(Name = "2")]
        private readonly ConvolutionLayer _convolution;

        public FinalLayers(nn.Module<Tensor, Tensor> norm, nn.Module<Tensor, Tensor> activation, ConvolutionLayer convolution)
            : base(nameof(FinalLayers))
        {
            _norm = norm;
            _activation = activation;
            _convolution = convolution;
            register_module("0", norm);
            register_module("1", activation);
            register_module("2", convolution);
        }

        public ConvolutionLayer Convolution => _convolution;

        public override Tensor forward(Tensor input) => NormalizedActivation.Apply(_norm, _activation, input);
    }

    /// <summary>A level on the way down: "0" is the strided convolution (nothing at the top), then the blocks from "1" on.</summary>
    private sealed class DownLevel : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly ConvolutionLayer? _stride;

        private readonly List<ResidualBlock> _blocks;

        public DownLevel(ConvolutionLayer? stride, List<ResidualBlock> blocks)
            : base(nameof(DownLevel))
        {
            _stride = stride;
            _blocks = blocks;
            register_module("0", stride is null ? nn.Identity() : stride);
            for (var index = 0; index < blocks.Count; index++)
            {
                register_module($"{index + 1}", blocks[index]);
            }
        }

        public override Tensor forward(Tensor input) => Run(input, CancellationToken.None);

        public Tensor Run(Tensor input, CancellationToken cancellationToken) =>
            RunBlocks(_blocks, _stride is null ? input.alias() : _stride.call(input), cancellationToken);
    }
}
