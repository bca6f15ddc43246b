using LabelServer.Datastore;
using LabelServer.Datastore.Checks;

namespace LabelServer.Training;

/// <summary>Collects the images with a submitted label, looks at each label, and divides them between training and validation.</summary>
internal sealed class TrainingSetBuilder(IDatastore datastore, IVolumeInspector inspector)
{
    /// <summary>Collects.</summary>
    /// <param name="trainer">Who is trained.</param>
    /// <param name="parameters">What was asked.</param>
    /// <param name="labels">A folder for copies of the labels; created.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="TrainingRefusedException">No image is left to train on, or a label has a name that the model does not know.</exception>
    /// <exception cref="IOException">A copy could not be written.</exception>
    public async Task<TrainingSet> BuildAsync(TrainerDescription trainer, TrainingParameters parameters, string labels, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(labels);
        var check = new LabelCheck(datastore, inspector, trainer.Model, parameters.PartialLabels);
        var images = datastore.Snapshot().Images.Where(i => i.IsLabeled && !i.IsAttachment).ToList();
        var chosen = Chosen(images, parameters);
        var good = new List<TrainingImage>();
        var notices = new List<string>();
        foreach (var image in chosen)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var (names, leftOut) = await check.LookAsync(image, cancellationToken);
                if (leftOut is null)
                    good.Add(await KeepAsync(image.Id, names, Path.Combine(labels, $"{good.Count:D5}{image.FindLabel(LabelTags.Final)!.Extension}"), cancellationToken));
                else
                    notices.Add($"'{image.Id}' is left out: {leftOut}.");
            }
            catch (DatastoreException error)
            {
                notices.Add($"'{image.Id}' is left out: {error.Message.TrimEnd('.')}.");
            }
        }

        return Divide(trainer, parameters, good, notices);
    }

    private static List<ImageEntry> Chosen(List<ImageEntry> images, TrainingParameters parameters)
    {
        if (parameters.TrainingIds is null)
            return images;
        var byId = images.ToDictionary(i => i.Id, StringComparer.Ordinal);
        return [.. parameters.TrainingIds.Concat(parameters.ValidationIds ?? []).Distinct(StringComparer.Ordinal).Select(id =>
            byId.GetValueOrDefault(id) ?? throw new TrainingRefusedException($"train_ds or val_ds names '{id}', which is no image with a final label."))];
    }

    private static TrainingSet Divide(TrainerDescription trainer, TrainingParameters parameters, List<TrainingImage> good, List<string> notices)
    {
        IReadOnlyList<TrainingImage> training, validation;
        if (parameters.ValidationIds is { } wanted)
        {
            var ids = wanted.ToHashSet(StringComparer.Ordinal);
            (training, validation) = ([.. good.Where(i => !ids.Contains(i.Id))], [.. good.Where(i => ids.Contains(i.Id))]);
        }
        else
        {
            (training, validation) = DataSplit.Divide(good, parameters.ValSplit);
        }

        if (training.Count == 0)
        {
            throw new TrainingRefusedException(
                $"There is no image to train {trainer.Model.Id} on: {good.Count} with a usable final label, of which val_split {parameters.ValSplit.ToString(System.Globalization.CultureInfo.InvariantCulture)} leaves none. "
                + $"Submit at least one label first.{string.Concat(notices.Take(5).Select(n => " " + n))}");
        }

        return new TrainingSet(training, parameters.ValidationIds is null && parameters.ValSplit < 0 ? null : validation, notices);
    }

    private async Task<TrainingImage> KeepAsync(string id, IReadOnlyDictionary<int, string>? names, string copy, CancellationToken cancellationToken)
    {
        await using var image = datastore.OpenImage(id);
        await using var label = datastore.OpenLabel(id, LabelTags.Final);
        await using var target = new FileStream(copy, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous });
        await label.Content.CopyToAsync(target, cancellationToken);
        return new TrainingImage(id, image.LocalPath, copy, names);
    }
}
