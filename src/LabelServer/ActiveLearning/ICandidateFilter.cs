using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>Takes images away from the candidates that somebody else works on. Where leases are kept, they answer; by default everything stays.</summary>
public interface ICandidateFilter
{
    /// <summary>The candidates that this client may get.</summary>
    IReadOnlyList<ImageEntry> For(string client, IReadOnlyList<ImageEntry> candidates);
}

/// <summary>Nobody holds anything.</summary>
internal sealed class NoReservations : ICandidateFilter
{
    /// <inheritdoc/>
    public IReadOnlyList<ImageEntry> For(string client, IReadOnlyList<ImageEntry> candidates) => candidates;
}
