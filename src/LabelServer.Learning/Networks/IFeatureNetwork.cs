using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A network whose last step is a 1×1×1 convolution that can be left out, so that blending works on the few features before it.</summary>
public interface IFeatureNetwork
{
    /// <summary>The last step, or null when the network does not end in one.</summary>
    ConvolutionLayer? Head { get; }

    /// <summary>All steps but the last: [N, features, X, Y(, Z)].</summary>
    /// <param name="input">The image, [N, C, X, Y(, Z)].</param>
    /// <param name="cancellationToken">Looked at before each layer group: a window of a large network takes seconds.</param>
    Tensor Features(Tensor input, CancellationToken cancellationToken = default);
}
