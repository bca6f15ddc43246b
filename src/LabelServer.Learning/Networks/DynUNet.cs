using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>MONAI's <c>DynUNet</c>, the network of nnU-Net: kernels and strides are given for each level and axis.</summary>
/// <remarks>
/// <para>Source: MONAI@d388d1c6 monai/networks/nets/dynunet.py, monai/networks/blocks/dynunet_block.py; Isensee et al. 2019, arXiv:1904.08128. Golden: networks_more/dynunet*.</para>
/// <para>MONAI registers each block twice, by its list and as a part of <c>skip_layers</c>. Here a block is there once, so that an optimiser sees it once; <see cref="state_dict"/> has both names.
/// With deep supervision the scores of the finest level are given; the other heads are loaded and saved, but not trained.</para>
/// </remarks>
public sealed class DynUNet : nn.Module<Tensor, Tensor>, ISizedNetwork, IDeepSupervisedNetwork
{
    private readonly DynUNetOptions _options;
    private readonly List<DynUNetBlock> _down = [];
    private readonly List<DynUNetUpBlock> _up = [];
    [ComponentName(Name = "bottleneck")]
    private readonly DynUNetBlock _bottleneck;
    [ComponentName(Name = "output_block")]
    private readonly DynUNetHead _output;
    private readonly List<DynUNetHead> _heads = [];

    /// <summary>Creates the network.</summary>
    /// <exception cref="NetworkUnsupportedException">The numbers of levels do not go together.</exception>
    public DynUNet(DynUNetOptions options)
        : base(nameof(DynUNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        _options = options;
        SizeMultiple = options.Strides.Aggregate(1, (product, s) => product * s.Max());
        var levels = options.Strides.Count;
        _down.Add(new DynUNetBlock(options, options.InChannels, 0));
        register_module("input_block", _down[0]);
        var downs = new ModuleList<nn.Module<Tensor, Tensor>>();
        for (var level = 1; level < levels - 1; level++)
        {
            _down.Add(new DynUNetBlock(options, options.Filters[level - 1], level));
            downs.Add(_down[^1]);
        }

        register_module("downsamples", downs);
        _bottleneck = new DynUNetBlock(options, options.Filters[levels - 2], levels - 1);
        register_module("bottleneck", _bottleneck);
        var ups = new ModuleList<nn.Module<Tensor, Tensor, Tensor>>();
        for (var level = levels - 2; level >= 0; level--)
        {
            _up.Add(new DynUNetUpBlock(options, level));
            ups.Add(_up[^1]);
        }

        register_module("upsamples", ups);
        _output = Head(0);
        register_module("output_block", _output);
        if (options.DeepSupervision > 0)
        {
            _heads.AddRange(Enumerable.Range(1, options.DeepSupervision).Select(Head));
            register_module("deep_supervision_heads", new ModuleList<nn.Module<Tensor, Tensor>>([.. _heads]));
        }
    }

    /// <inheritdoc/>
    public int SizeMultiple { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _output.call(Decode(input)[^1]).MoveToOuterDisposeScope();
    }

    /// <summary>The scores of the finest level and of each head, all on the grid of the finest by nearest neighbour, as MONAI gives them.</summary>
    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Levels(Tensor input)
    {
        using var scope = NewDisposeScope();
        var levels = Decode(input);
        var coarse = _heads.Select((head, index) => nn.functional.interpolate(head.call(levels[^(index + 2)]), size: input.shape[2..], mode: InterpolationMode.Nearest));
        return [_output.call(levels[^1]).MoveToOuterDisposeScope(), .. coarse.Select(scores => scores.MoveToOuterDisposeScope())];
    }

    /// <summary>All weights, each block's under both of MONAI's names.</summary>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        var state = base.state_dict(destination, prefix);
        var path = (string.IsNullOrEmpty(prefix) ? string.Empty : prefix + ".") + "skip_layers";
        AddSkips(state, path, 0);
        return state;
    }

    /// <summary>Builds the network that a bundle defines.</summary>
    /// <exception cref="NetworkUnsupportedException">An argument is not supported.</exception>
    internal static NetworkDescription Build(ConfigValue.Component definition)
    {
        var arguments = new NetworkArguments(definition);
        var dimensions = arguments.SpatialDims();
        var strides = arguments.Sizes("strides", dimensions);
        var usual = Enumerable.Range(0, strides.Count).Select(i => Math.Min(1 << (5 + i), dimensions == 3 ? 320 : 512)).ToArray();
        var affine = new Dictionary<string, ConfigValue> { ["affine"] = new ConfigValue.Boolean(true) };
        var options = new DynUNetOptions
        {
            InChannels = arguments.Integer("in_channels", 1),
            OutChannels = arguments.Integer("out_channels", 1),
            Kernels = arguments.Sizes("kernel_size", dimensions),
            Strides = strides,
            UpKernels = arguments.Sizes("upsample_kernel_size", dimensions),
            Filters = arguments.Integers("filters", usual),
            Norm = arguments.Layer("norm_name", new LayerSpec("INSTANCE", affine)),
            Activation = arguments.Layer("act_name", new LayerSpec("LEAKYRELU")),
            Dropout = arguments.ShareOrNone("dropout") ?? 0,
            IsResidual = arguments.Boolean("res_block", false),
            UpBias = arguments.Boolean("trans_bias", false),
            DeepSupervision = arguments.Boolean("deep_supervision", false) ? arguments.Integer("deep_supr_num", 1) : 0 * arguments.Integer("deep_supr_num", 1),
        };
        arguments.RefuseOthers();
        return new NetworkDescription(new DynUNet(options), dimensions, options.InChannels, options.OutChannels);
    }

    private DynUNetHead Head(int level) => new(_options.Kernels[0].Length, _options.Filters[level], _options.OutChannels, _options.Dropout);

    private static void Check(DynUNetOptions options)
    {
        var levels = options.Strides.Count;
        if (levels < 3 || options.Kernels.Count != levels || options.UpKernels.Count != levels - 1 || options.Filters.Count < levels || options.DeepSupervision > levels - 2)
        {
            throw new NetworkUnsupportedException(
                $"DynUNet: {levels} strides, {options.Kernels.Count} kernel_size, {options.UpKernels.Count} upsample_kernel_size, {options.Filters.Count} filters and {options.DeepSupervision} heads do not go together; "
                + "there must be at least three levels, and one upsample_kernel_size fewer than strides.");
        }

        for (var level = 0; level < levels; level++)
        {
            if (options.Kernels[level].Any(k => k % 2 == 0) || options.Kernels[level].Zip(options.Strides[level]).Any(size => size.First < size.Second - 1))
            {
                throw new NetworkUnsupportedException(
                    $"DynUNet: kernel_size {Text(options.Kernels[level])} and strides {Text(options.Strides[level])} of level {level} do not go together; kernels must be odd, and shorter than their stride by one voxel at most.");
            }

            if (level > 0 && !options.UpKernels[level - 1].SequenceEqual(options.Strides[level]))
            {
                throw new NetworkUnsupportedException(
                    $"DynUNet: upsample_kernel_size {Text(options.UpKernels[level - 1])} does not undo strides {Text(options.Strides[level])} of level {level}; it must be strides without the first.");
            }
        }

        static string Text(int[] sizes) => string.Join(" × ", sizes);
    }

    // The features of the levels on the way up, the finest last.
    private List<Tensor> Decode(Tensor input)
    {
        var skips = new Stack<Tensor>();
        var x = input;
        foreach (var block in _down)
        {
            x = block.call(x);
            skips.Push(x);
        }

        var levels = new List<Tensor> { _bottleneck.call(x) };
        foreach (var block in _up)
        {
            levels.Add(block.call(levels[^1], skips.Pop()));
        }

        return levels;
    }

    // In MONAI's order: down, all that is below, up, head.
    private void AddSkips(Dictionary<string, Tensor> state, string path, int level)
    {
        if (level == _down.Count)
        {
            _bottleneck.state_dict(state, path);
            return;
        }

        _down[level].state_dict(state, path + ".downsample");
        AddSkips(state, path + ".next_layer", level + 1);
        _up[_up.Count - 1 - level].state_dict(state, path + ".upsample");
        if (level > 0 && level <= _heads.Count)
        {
            _heads[level - 1].state_dict(state, path + ".super_head");
        }
    }
}
