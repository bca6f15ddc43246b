using LabelServer.ActiveLearning.Leases;
using LabelServer.Annotators;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;

namespace LabelServer.ActiveLearning;

/// <summary>Proposes the next image to an annotator and reserves it.</summary>
/// <remarks>
/// <para>Asking again gives another image: that is how Slicer's panel skips one. The former stays reserved until it lapses. When everything else is taken or done, the image comes back that the annotator was given longest ago.</para>
/// <para>Two requests at the same moment never get the same image, unless the setting asks for several readers: the store of leases gives each place once.</para>
/// </remarks>
internal sealed partial class ActiveLearningService(
    IDatastore datastore, StrategyCatalog strategies, ILeaseStore leases, LeaseSettings settings, GivenVersions given, TimeProvider time, ILogger<ActiveLearningService> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Chooses an image, reserves it and notes that it was served.</summary>
    /// <param name="strategy">The strategy's name.</param>
    /// <param name="annotator">For whom it is reserved.</param>
    /// <param name="client">Who asks, as it is noted in the image's info.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image as it was before, what the strategy adds, and the image's checksum when it could be read; null when nothing is left for this annotator.</returns>
    /// <exception cref="StrategyUnknownException">There is no such strategy.</exception>
    /// <exception cref="State.StateException">Reservations cannot be kept.</exception>
    public async Task<(StrategyChoice Choice, string? Checksum)?> NextAsync(string strategy, Annotator annotator, string client, CancellationToken cancellationToken)
    {
        var chooser = strategies.Require(strategy);
        var without = new HashSet<string>(StringComparer.Ordinal);
        while (await ChooseAsync(chooser, annotator, client, without, cancellationToken) is { } choice)
        {
            try
            {
                // Slicer takes a cached file of the same name for the image unless it has a checksum to compare.
                return (choice, await datastore.ChecksumAsync(choice.Image.Id, cancellationToken));
            }
            catch (ImageNotFoundException)
            {
                // Its file has gone just now.
                without.Add(choice.Image.Id);
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

    private async Task<StrategyChoice?> ChooseAsync(IStrategy strategy, Annotator annotator, string client, HashSet<string> without, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var now = time.GetUtcNow();
                var candidates = await CandidatesAsync(annotator, without, now, cancellationToken);
                if (candidates.Count == 0)
                    return null;
                var choice = strategy.Choose(candidates, now.ToUnixTimeSeconds());
                if (!await leases.TryTakeAsync(choice.Image.Id, annotator, settings.ReadersPerImage, now, now + settings.Duration, cancellationToken))
                {
                    without.Add(choice.Image.Id);
                    continue;
                }

                // Whoever is given an image without looking at a label of it knows of none.
                given.Note(choice.Image.Id, LabelTags.Final, annotator, null, now);
                await NoteServingAsync(choice.Image.Id, strategy.Name, now.ToUnixTimeSeconds(), client, cancellationToken);
                return choice;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<ImageEntry>> CandidatesAsync(Annotator annotator, HashSet<string> without, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var held = (await leases.LiveAsync(now, cancellationToken)).ToLookup(l => l.ImageId, StringComparer.Ordinal);
        var open = datastore.Snapshot().Images.Where(i => !i.IsAttachment && !without.Contains(i.Id) && IsOpenFor(i, annotator) && held[i.Id].Count(l => l.Holder != annotator.Name) < settings.ReadersPerImage).ToList();
        Lease? OwnLease(ImageEntry image) => held[image.Id].FirstOrDefault(l => l.Holder == annotator.Name);
        var fresh = open.Where(i => OwnLease(i) is null).ToList();
        return fresh.Count > 0 || open.Count == 0 ? fresh : [open.MinBy(i => (OwnLease(i)!.Taken, i.Id))!];
    }

    // With several readers an image stays open until enough of them have submitted, and is never given again to one who has.
    private bool IsOpenFor(ImageEntry image, Annotator annotator)
    {
        if (image.FindLabel(LabelTags.Final) is not { } label)
            return true;
        var readers = LabelStamp.Of(label).Readers;
        return readers.Count > 0 && readers.Count < settings.ReadersPerImage && !readers.Contains(annotator.Name);
    }

    private async Task NoteServingAsync(string imageId, string strategy, long now, string client, CancellationToken cancellationToken)
    {
        try
        {
            await datastore.UpdateImageInfoAsync(imageId, info => ServedTimes.Note(info, strategy, now, client), cancellationToken);
        }
        catch (ReadOnlyDatastoreException)
        {
            // Serving needs no writing; only the next choice does not know of it.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The checksum of the image '{Id}' is not known: {Reason}")]
    private partial void LogUnreadable(string id, string reason);
}
