namespace LabelServer.Bundles.History;

/// <summary>A version that is asked for is not in the history of a weights file. The message lists those there are.</summary>
public sealed class WeightsHistoryException : BundleException
{
    /// <summary>Creates the exception.</summary>
    public WeightsHistoryException(string message)
        : base(message)
    {
    }
}
