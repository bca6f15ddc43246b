using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>The way down of a <see cref="SegResNetDS"/> (MONAI's SegResEncoder). State keys: <c>conv_init</c>, <c>layers.N.blocks</c>, <c>layers.N.downsample</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet_ds.py.</remarks>
internal sealed class SegResNetDSEncoder : nn.Module
{
    [ComponentName(Name = "conv_init")]
    private readonly AxisConvolution _first;
    private readonly List<Level> _levels;

    /// <summary>Creates the levels.</summary>
    public SegResNetDSEncoder(SegResNetDSOptions options, IReadOnlyList<int[]> scales)
        : base(nameof(SegResNetDSEncoder))
    {
        _first = SegResNetDSBlock.Convolution(options.InChannels, options.InitFilters, SegResNetDSBlock.Kernel(scales[0]));
        _levels = [.. scales.Select((scale, level) => new Level(options, level, scale))];
        register_module("conv_init", _first);
        register_module("layers", new ModuleList<Level>([.. _levels]));
    }

    /// <summary>The features of each level, the finest first. They live in the caller's scope.</summary>
    public IReadOnlyList<Tensor> Run(Tensor input)
    {
        var x = _first.call(input);
        var outputs = new List<Tensor>();
        foreach (var level in _levels)
        {
            outputs.Add(level.Blocks.call(x));
            x = level.Down?.call(outputs[^1]) ?? x;
        }

        return outputs;
    }

    internal sealed class Level : nn.Module
    {
        [ComponentName(Name = "blocks")]
        private readonly nn.Module<Tensor, Tensor> _blocks;
        [ComponentName(Name = "downsample")]
        private readonly AxisConvolution? _down;

        public Level(SegResNetDSOptions options, int level, int[] scale)
            : base(nameof(Level))
        {
            var (channels, kernel) = (options.InitFilters << level, SegResNetDSBlock.Kernel(scale));
            _blocks = SegResNetDSBlock.Several(options, channels, kernel, options.BlocksDown[level]);
            register_module("blocks", _blocks);
            if (level < options.BlocksDown.Count - 1)
            {
                _down = SegResNetDSBlock.Convolution(channels, 2 * channels, kernel, scale);
                register_module("downsample", _down);
            }
        }

        public nn.Module<Tensor, Tensor> Blocks => _blocks;

        public AxisConvolution? Down => _down;
    }
}
