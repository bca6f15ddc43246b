using LabelServer.Datastore;

namespace LabelServer.ActiveLearning;

/// <summary>Proposes the next image to an annotator.</summary>
/// <remarks>Choosing and noting that the image was served happen without another request in between, so two annotators who ask at the same time do not get the same image by chance.</remarks>
internal sealed partial class ActiveLearningService(
    IDatastore datastore, IEnumerable<IStrategy> strategies, ICandidateFilter filter, TimeProvider time, ILogger<ActiveLearningService> logger) : IDisposable
{
    private readonly Dictionary<string, IStrategy> _strategies = strategies.ToDictionary(s => s.Name, StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Chooses an image and notes that it was served.</summary>
    /// <param name="strategy">The strategy's name.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image as it was before, what the strategy adds, and the image's checksum when it could be read; null when nothing is left to label.</returns>
    /// <exception cref="StrategyUnknownException">There is no such strategy.</exception>
    public async Task<(StrategyChoice Choice, string? Checksum)?> NextAsync(string strategy, string client, CancellationToken cancellationToken)
    {
        if (!_strategies.TryGetValue(strategy, out var chooser))
        {
            throw new StrategyUnknownException($"There is no active learning strategy '{strategy}'. This server has: {string.Join(", ", _strategies.Keys)}.");
        }

        var tried = new HashSet<string>(StringComparer.Ordinal);
        while (await ChooseAsync(chooser, client, tried, cancellationToken) is { } choice)
        {
            try
            {
                // Slicer takes a cached file of the same name for the image unless it has a checksum to compare.
                return (choice, await datastore.ChecksumAsync(choice.Image.Id, cancellationToken));
            }
            catch (ImageNotFoundException)
            {
                // Its file has gone just now.
                tried.Add(choice.Image.Id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(choice.Image.Id, exception.Message);
                return (choice, null);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<StrategyChoice?> ChooseAsync(IStrategy strategy, string client, HashSet<string> without, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var candidates = filter.For(client, [.. datastore.Snapshot().Images.Where(i => !i.IsLabeled && !i.IsAttachment && !without.Contains(i.Id))]);
            if (candidates.Count == 0)
            {
                return null;
            }

            var now = time.GetUtcNow().ToUnixTimeSeconds();
            var choice = strategy.Choose(candidates, now);
            try
            {
                await datastore.UpdateImageInfoAsync(choice.Image.Id, info => ServedTimes.Note(info, strategy.Name, now, client), cancellationToken);
            }
            catch (ReadOnlyDatastoreException)
            {
                // Serving needs no writing; only the next choice does not know of it.
            }

            return choice;
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checksum of the image '{Id}' is not known: {Reason}")]
    private partial void LogUnreadable(string id, string reason);
}
