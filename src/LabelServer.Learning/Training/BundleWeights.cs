using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Checkpoints.Writing;
using LabelServer.Bundles.History;

namespace LabelServer.Learning.Training;

/// <summary>The weights of a bundle on disk: reads the served file, and publishes new weights through its history.</summary>
/// <remarks>Files open with <c>torch.load(file, weights_only=True)</c> under MONAI's key names.</remarks>
public sealed class BundleWeights : IWeightsSink
{
    /// <summary>Creates the view on a bundle's weights.</summary>
    /// <param name="folder">The bundle's folder.</param>
    /// <param name="file">The served file's name, such as <c>model.pt</c>.</param>
    /// <param name="time">The clock, for the history.</param>
    /// <param name="type">How weights are stored; float16 halves the file.</param>
    public BundleWeights(string folder, string file, TimeProvider time, CheckpointDataType type = CheckpointDataType.Float32)
        : this(new WeightsHistory(folder, file, time), type)
    {
    }

    /// <summary>Creates the view on a bundle's weights.</summary>
    /// <param name="history">The history.</param>
    /// <param name="type">How weights are stored; float16 halves the file.</param>
    public BundleWeights(WeightsHistory history, CheckpointDataType type = CheckpointDataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(history);
        History = history;
        StoredType = type;
    }

    /// <summary>The versions.</summary>
    public WeightsHistory History { get; }

    /// <summary>The full path of the served file, whether it is there or not.</summary>
    public string ServedFile => History.ServedFile;

    /// <summary>How weights are stored.</summary>
    public CheckpointDataType StoredType { get; }

    /// <summary>The served weights, or null when there are none.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public IReadOnlyList<NamedWeights>? ReadServed(CancellationToken cancellationToken) => File.Exists(ServedFile) ? Read(ServedFile, cancellationToken) : null;

    /// <summary>Reads the weights of a checkpoint file.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static IReadOnlyList<NamedWeights> Read(string path, CancellationToken cancellationToken)
    {
        using var checkpoint = Checkpoint.Read(path, cancellation: cancellationToken);
        return [.. checkpoint.Tensors.Select(t => new NamedWeights(t.Name, t.Shape, t.ToSingles()))];
    }

    /// <inheritdoc/>
    public async Task<string> PublishAsync(IReadOnlyList<NamedWeights> weights, PublishedWeights info, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(weights);
        await History.PublishAsync(
            (path, cancellation) => CheckpointWriter.WriteAsync(path, [.. weights.Select(w => CheckpointWriteTensor.Of(w.Name, w.Shape, w.Values, StoredType))], cancellation: cancellation),
            info,
            cancellationToken);
        return ServedFile;
    }
}
