using LabelServer.Bundles.History;

namespace LabelServer.Learning.Training;

/// <summary>Takes weights that are to be served.</summary>
public interface IWeightsSink
{
    /// <summary>Puts weights in service; they are whole and durable when it returns.</summary>
    /// <param name="weights">Values by MONAI's key names.</param>
    /// <param name="info">What is known of them.</param>
    /// <param name="cancellationToken">Stops before anything is replaced.</param>
    /// <returns>The file that is served from now on.</returns>
    Task<string> PublishAsync(IReadOnlyList<NamedWeights> weights, PublishedWeights info, CancellationToken cancellationToken);
}
