using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Four stages of window attention: MONAI's <c>SwinTransformer</c>. State keys: <c>patch_embed</c>, <c>layers1</c> to <c>layers4</c>, in version 2 <c>layers1c</c> to <c>layers4c</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py; Liu et al. 2021, arXiv:2103.14030; version 2: He et al. 2023.</remarks>
internal sealed class SwinTransformer : nn.Module
{
    /// <summary>How many stages there are.</summary>
    public const int Stages = 4;

    [ComponentName(Name = "patch_embed")]
    private readonly SwinEmbedding _embedding;
    [ComponentName(Name = "pos_drop")]
    private readonly Dropout _dropout;
    private readonly bool _normalizes;
    private readonly List<SwinStage> _stages;
    private readonly List<NamedModule> _convolutions;

    /// <summary>Creates the stages.</summary>
    public SwinTransformer(SwinUnetrOptions options)
        : base(nameof(SwinTransformer))
    {
        _normalizes = options.Normalizes;
        _embedding = new SwinEmbedding(options);
        _dropout = nn.Dropout(options.Dropout);
        register_module("patch_embed", _embedding);
        register_module("pos_drop", _dropout);
        _stages = [.. Enumerable.Range(0, Stages).Select(stage => new SwinStage(options, stage))];
        _convolutions = [.. Enumerable.Range(0, options.IsVersion2 ? Stages : 0).Select(stage => Convolution(options, options.FeatureSize << stage))];
        Register(_stages, string.Empty);
        Register(_convolutions, "c");
    }

    /// <summary>The features of five sizes, the finest first: [N, C · 2^i, X / (patch · 2^i), …]. They live in the caller's scope.</summary>
    public IReadOnlyList<Tensor> Run(Tensor image)
    {
        var x = _dropout.call(_embedding.call(image));
        var outputs = new List<Tensor> { Output(x) };
        for (var stage = 0; stage < Stages; stage++)
        {
            x = _stages[stage].call(_convolutions.Count > 0 ? _convolutions[stage].call(x) : x);
            outputs.Add(Output(x));
        }

        return outputs;
    }

    // In version 2; its normalisation is always MONAI's default.
    private static NamedModule Convolution(SwinUnetrOptions options, int channels) =>
        new("layer", UnetrUpBlock.Block(UnetBlockLayers.Leaky(new("INSTANCE")), options.SpatialDims, channels, channels, isResidual: true));

    private void Register(IReadOnlyList<nn.Module<Tensor, Tensor>> layers, string suffix)
    {
        for (var index = 0; index < layers.Count; index++)
        {
            register_module(FormattableString.Invariant($"layers{index + 1}{suffix}"), new ModuleList<nn.Module<Tensor, Tensor>>(layers[index]));
        }
    }

    private Tensor Output(Tensor x)
    {
        if (!_normalizes)
        {
            return x;
        }

        using var scope = NewDisposeScope();
        return TorchLayout.ToFirst(nn.functional.layer_norm(TorchLayout.ToLast(x), [x.shape[1]])).MoveToOuterDisposeScope();
    }
}
