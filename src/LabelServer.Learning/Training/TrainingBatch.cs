using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>Samples for one pass through the network. Owns its tensors.</summary>
internal sealed class TrainingBatch(Tensor images, Tensor labels, bool[]?[] listed, string[] ids) : IDisposable
{
    /// <summary>[N, C, X, Y, Z], float32.</summary>
    public Tensor Images { get; } = images;

    /// <summary>[N, 1, X, Y, Z] class indices, or [N, C, X, Y, Z] planes, float32.</summary>
    public Tensor Labels { get; } = labels;

    /// <summary>For each sample which classes were annotated; null for all.</summary>
    public bool[]?[] Listed { get; } = listed;

    /// <summary>The image of each sample.</summary>
    public string[] Ids { get; } = ids;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
