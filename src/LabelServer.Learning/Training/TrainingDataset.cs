using LabelServer.Imaging;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Training;

/// <summary>Images with labels after their deterministic transforms; as many as the memory budget allows stay in memory in compact form, the others are made again when they are needed.</summary>
/// <remarks>Safe to call from several threads; two calls for one item may then both make it.</remarks>
internal sealed class TrainingDataset : IDisposable
{
    private readonly IReadOnlyList<TrainingItem> _items;
    private readonly LabelMapping[] _mappings;
    private readonly Compose _load;
    private readonly Compose _prepare;
    private readonly MemoryBudget _budget;
    private readonly CompactSample?[] _cache;
    private readonly Lock _lock = new();

    /// <summary>Creates the set.</summary>
    /// <param name="items">The images.</param>
    /// <param name="mappings">What their label values mean.</param>
    /// <param name="deterministic">The transforms that draw nothing; the first of them load the files.</param>
    /// <param name="budget">How much may stay in memory; shared between sets.</param>
    public TrainingDataset(IReadOnlyList<TrainingItem> items, LabelMapping[] mappings, Compose deterministic, MemoryBudget budget)
    {
        _items = items;
        _mappings = mappings;
        _budget = budget;
        _cache = new CompactSample?[items.Count];

        // Label values get their meaning as soon as they are read, before any step can mix them.
        var afterLoad = 0;
        for (var step = 0; step < deterministic.Steps.Count; step++)
        {
            if (deterministic.Steps[step].Transform is IAsyncTransform)
            {
                afterLoad = step + 1;
            }
        }

        _load = deterministic.Slice(0, afterLoad);
        _prepare = deterministic.Slice(afterLoad, deterministic.Steps.Count);
    }

    /// <summary>The number of images.</summary>
    public int Count => _items.Count;

    /// <summary>The images.</summary>
    public IReadOnlyList<TrainingItem> Items => _items;

    /// <summary>Gives a sample to a function, from memory or made anew.</summary>
    public async Task<T> UseAsync<T>(int index, Func<CompactSample, T> use, int parallelism, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _cache[index]) is { } cached)
        {
            return use(cached);
        }

        var made = await MakeAsync(index, parallelism, cancellationToken);
        var keep = false;
        lock (_lock)
        {
            if (_cache[index] is null && _budget.TryTake(made.Bytes))
            {
                _cache[index] = made;
                keep = true;
            }
        }

        try
        {
            return use(made);
        }
        finally
        {
            if (!keep)
            {
                made.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sample in _cache)
        {
            sample?.Dispose();
        }
    }

    private async Task<CompactSample> MakeAsync(int index, int parallelism, CancellationToken cancellationToken)
    {
        var item = _items[index];
        using var sample = new Sample();
        sample.AddFile(SampleKeys.Image, item.ImagePath, item.Id);
        sample.AddFile(SampleKeys.Label, item.LabelPath, $"label of {item.Id}");
        var context = new TransformContext(parallelism, cancellationToken: cancellationToken);
        try
        {
            await _load.ApplyAsync(sample, context);
            if (sample[SampleKeys.Image].Grid.Size != sample[SampleKeys.Label].Grid.Size)
            {
                throw new TrainingDataException(
                    $"The label of '{item.Id}' has {sample[SampleKeys.Label].Grid.Size} voxels, its image {sample[SampleKeys.Image].Grid.Size}. A label must lie on the grid of its image.");
            }

            if (!_mappings[index].Apply(sample[SampleKeys.Label].GetVolume(context), item.Id))
            {
                throw new TrainingDataException($"The label of '{item.Id}' is empty: no voxel is marked.");
            }

            await _prepare.ApplyAsync(sample, context);
        }
        catch (Exception error) when (error is ImagingException or TransformException or IOException)
        {
            throw new TrainingDataException($"'{item.Id}' cannot be prepared for training: {error.Message}", error);
        }

        var items = sample.Items
            .Where(i => i.Name is SampleKeys.Image or SampleKeys.Label)
            .ToDictionary(i => i.Name, i => CompactItem.From(i.GetVolume(context)), StringComparer.Ordinal);
        return new CompactSample(item.Id, items, _mappings[index].Listed);
    }
}
