using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A network whose last step is a 1×1×1 convolution that can be left out, so that blending works on the few features before it, and whose encoder can be looked at.</summary>
public interface IFeatureNetwork
{
    /// <summary>The last step, or null when the network does not end in one.</summary>
    ConvolutionLayer? Head { get; }

    /// <summary>All steps but the last: [N, features, X, Y(, Z)].</summary>
    /// <param name="input">The image, [N, C, X, Y(, Z)].</param>
    /// <param name="encoded">Told the features that the encoder ends in, [N, features, x, y(, z)] on its coarsest grid, which live until it returns; may be null.</param>
    /// <param name="cancellationToken">Looked at before each layer group: a window of a large network takes seconds.</param>
    Tensor Features(Tensor input, Action<Tensor>? encoded = null, CancellationToken cancellationToken = default);
}
