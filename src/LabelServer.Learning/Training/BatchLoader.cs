using System.Runtime.CompilerServices;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Sampling;

namespace LabelServer.Learning.Training;

/// <summary>Makes the batches of an epoch: draws the order, cuts and augments, several batches ahead of the network on other threads.</summary>
/// <remarks>What a batch holds depends on the seed, the epoch and its place alone, not on the number of threads.</remarks>
internal sealed class BatchLoader
{
    private readonly TrainingDataset _data;
    private readonly Compose _random;
    private readonly BatchLoaderOptions _options;

    /// <summary>Creates a loader.</summary>
    public BatchLoader(TrainingDataset data, Compose random, BatchLoaderOptions options)
    {
        _data = data;
        _random = random;
        _options = options;
    }

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => _options.DropLast ? Math.Max(1, _data.Count / _options.BatchSize) : (_data.Count + _options.BatchSize - 1) / _options.BatchSize;

    /// <summary>The batches of an epoch, in order. The caller disposes each.</summary>
    public async IAsyncEnumerable<TrainingBatch> EpochAsync(int epoch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var order = Order(epoch);
        var running = new Queue<Task<TrainingBatch>>();
        try
        {
            var next = 0;
            while (next < BatchesPerEpoch || running.Count > 0)
            {
                while (next < BatchesPerEpoch && running.Count < _options.Ahead)
                {
                    var batch = next++;
                    running.Enqueue(Task.Run(() => MakeAsync(epoch, batch, order, cancellationToken), cancellationToken));
                }

                yield return await running.Dequeue();
            }
        }
        finally
        {
            foreach (var task in running)
            {
                await DisposeAsync(task);
            }
        }
    }

    private static async Task DisposeAsync(Task<TrainingBatch> task)
    {
        await task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (task.IsCompletedSuccessfully)
        {
            (await task).Dispose();
        }
    }

    private int[] Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, _data.Count)];
        if (_options.Shuffle)
        {
            RandomSeeds.For(_options.Seed, epoch, -1).Shuffle(order);
        }

        return order;
    }

    private async Task<TrainingBatch> MakeAsync(int epoch, int batch, int[] order, CancellationToken cancellationToken)
    {
        var samples = new List<(Sample Sample, bool[]? Listed, string Id)>();
        try
        {
            foreach (var index in order.Skip(batch * _options.BatchSize).Take(_options.BatchSize))
            {
                var context = new TransformContext(1, RandomSeeds.For(_options.Seed, epoch, index), cancellationToken);
                samples.AddRange(await _data.UseAsync(index, s => Augment(s, context), _options.LoadParallelism, cancellationToken));
            }

            return Collate(samples);
        }
        finally
        {
            foreach (var (sample, _, _) in samples)
            {
                sample.Dispose();
            }
        }
    }

    private List<(Sample Sample, bool[]? Listed, string Id)> Augment(CompactSample compact, TransformContext context)
    {
        var samples = new List<Sample>();
        try
        {
            var step = 0;
            if (_random.Steps.Count > 0 && _random.Steps[0].Transform is CropTransform first)
            {
                samples.AddRange(Cut(compact, first, context));
                step = 1;
            }
            else
            {
                samples.Add(Expand(compact, null));
            }

            for (; step < _random.Steps.Count; step++)
            {
                Apply(samples, _random.Steps[step].Transform, context);
            }

            return [.. samples.Select(s => (s, compact.Listed, compact.Id))];
        }
        catch (Exception error)
        {
            samples.ForEach(s => s.Dispose());
            if (error is TransformException)
            {
                throw new TrainingDataException($"'{compact.Id}': {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Boxes are chosen on the compact form, and only they become float.</summary>
    private static IEnumerable<Sample> Cut(CompactSample compact, CropTransform crop, TransformContext context)
    {
        var label = crop.LabelKey is { } labelKey ? compact.Items[labelKey].Stored : null;
        using var image = crop.ImageKey is { } imageKey ? compact.Items[imageKey].ExpandFloat() : null;
        var boxes = crop.Choose(compact.Items[SampleKeys.Image].Stored.Size, label, image, context.Random!);
        return [.. boxes.Select(box => Expand(compact, box))];
    }

    private static Sample Expand(CompactSample compact, CropBox? box)
    {
        var sample = new Sample();
        foreach (var (name, item) in compact.Items)
        {
            sample.Add(name, box is { } part ? item.Expand(part) : item.Expand(), new ItemSource(compact.Id, item.Stored.Grid));
        }

        return sample;
    }

    private static void Apply(List<Sample> samples, ITransform transform, TransformContext context)
    {
        if (transform is not CropTransform { Count: > 1 } crop)
        {
            samples.ForEach(s => transform.Apply(s, context));
            return;
        }

        foreach (var sample in samples.ToArray())
        {
            foreach (var box in crop.Choose(sample, context))
            {
                var part = new Sample();
                foreach (var item in sample.Items)
                {
                    part.Add(item.Name, box.Copy(item.GetVolume(context)), item.Source);
                }

                samples.Add(part);
            }

            samples.Remove(sample);
            sample.Dispose();
        }
    }

    private static TrainingBatch Collate(List<(Sample Sample, bool[]? Listed, string Id)> samples)
    {
        var context = new TransformContext(1);
        Volume[] images = [.. samples.Select(s => (Volume)s.Sample[SampleKeys.Image].GetFloat(context))];
        Volume[] labels = [.. samples.Select(s => s.Sample[SampleKeys.Label].GetVolume(context))];
        for (var index = 0; index < images.Length; index++)
        {
            if (images[index].Size != images[0].Size || images[index].Channels != images[0].Channels || labels[index].Size != images[index].Size)
            {
                throw new TrainingDataException(
                    $"The samples of a batch have different sizes: {images[0].Size} of '{samples[0].Id}', {images[index].Size} of '{samples[index].Id}' with a label of {labels[index].Size}. " +
                    "Let the transforms end in one size (SpatialPadd before the crop), or use a batch size of 1.");
            }
        }

        var batch = new TrainingBatch(
            TensorTranspose.Allocate(images.Length, images[0]),
            TensorTranspose.Allocate(labels.Length, labels[0]),
            [.. samples.Select(s => s.Listed)],
            [.. samples.Select(s => s.Id)]);
        for (var index = 0; index < images.Length; index++)
        {
            TensorTranspose.Write(images[index], batch.Images, index);
            TensorTranspose.Write(labels[index], batch.Labels, index);
        }

        return batch;
    }
}
