using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>Adds a few channels that are made from all channels so far. State key: <c>layers</c>.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/densenet.py.</remarks>
internal sealed class DenseNetLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layers")]
    private readonly nn.Module<Tensor, Tensor> _layers;

    /// <summary>Creates the layer.</summary>
    public DenseNetLayer(DenseNetOptions options, int inChannels)
        : base(nameof(DenseNetLayer))
    {
        var (dims, between) = (options.SpatialDims, options.BottleneckSize * options.GrowthRate);
        var layers = new List<(string Name, nn.Module<Tensor, Tensor> Layer)>
        {
            ("norm1", NormalizationLayer.Create(options.Norm, dims, inChannels)),
            ("relu1", ActivationLayer.Create(options.Activation)),
            ("conv1", PlainLayers.Convolution(dims, inChannels, between, kernel: 1)),
            ("norm2", NormalizationLayer.Create(options.Norm, dims, between)),
            ("relu2", ActivationLayer.Create(options.Activation)),
            ("conv2", PlainLayers.Convolution(dims, between, options.GrowthRate, kernel: 3)),
        };
        if (options.Dropout > 0)
        {
            layers.Add(("dropout", dims == 2 ? nn.Dropout2d(options.Dropout) : nn.Dropout3d(options.Dropout)));
        }

        _layers = nn.Sequential(layers);
        register_module("layers", _layers);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var added = _layers.call(input);
        return cat([input, added], 1);
    }
}
