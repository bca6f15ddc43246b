using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Imaging;
using LabelServer.Models;

namespace LabelServer.Training;

/// <summary>Looks at a submitted label before it is trained on: readable, on its image's grid, with known names, not empty.</summary>
internal sealed class LabelCheck(IDatastore datastore, IVolumeInspector inspector, ModelDescription model, PartialLabels partial)
{
    /// <summary>Looks at the final label of an image.</summary>
    /// <returns>What its values mean (null: the network's channels, all annotated), or why the image is left out.</returns>
    /// <exception cref="TrainingRefusedException">The label has a name that the model does not know.</exception>
    /// <exception cref="DatastoreException">Image or label are gone.</exception>
    public async Task<(IReadOnlyDictionary<int, string>? Names, string? LeftOut)> LookAsync(ImageEntry image, CancellationToken cancellationToken)
    {
        LabelContent content;
        try
        {
            await using var file = datastore.OpenLabel(image.Id, LabelTags.Final);
            content = await inspector.ReadLabelAsync(file.Content, "its label", cancellationToken);
            var grid = await datastore.ReadGridAsync(image.Id, cancellationToken);
            if (grid.Size != content.Grid.Size || GridComparison.Compare(grid, content.Grid, out _) == GridFit.Different)
                return (null, $"its label has {content.Grid.Size} voxels on another grid than the image's {grid.Size}");
        }
        catch (ImagingException error)
        {
            return (null, error.Message.TrimEnd('.'));
        }

        if (content.Values.Count == 0)
            return (null, "its label is empty");
        var names = image.FindLabel(LabelTags.Final)?.ValueNames() ?? content.SegmentNames;
        return names is null ? WithoutNames(content) : WithNames(image, names, content);
    }

    private (IReadOnlyDictionary<int, string>? Names, string? LeftOut) WithNames(ImageEntry image, IReadOnlyDictionary<int, string> names, LabelContent content)
    {
        string[] unknown = [.. names.Values.Where(name => !IsKnown(name)).Select(name => $"'{name}'")];
        if (unknown.Length > 0)
        {
            throw new TrainingRefusedException(
                $"The label of the image '{image.Id}' names {string.Join(", ", unknown)}, which {model.Id} does not have. Rename it or remove it from the label and submit it again. The model's names: {string.Join(", ", model.ChannelLabels.Keys.Take(120))}.");
        }

        var unnamed = content.Values.Where(v => !names.ContainsKey((int)Math.Min(v, int.MaxValue))).ToList();
        return unnamed.Count == 0 ? (names, null) : (null, $"its label holds the value{(unnamed.Count > 1 ? "s" : string.Empty)} {string.Join(", ", unnamed.Take(10))}, which no name belongs to");
    }

    // Without names the values can only be the network's channels.
    private (IReadOnlyDictionary<int, string>? Names, string? LeftOut) WithoutNames(LabelContent content)
    {
        var byChannel = model.ChannelLabels.Where(l => l.Value != 0).ToDictionary(l => l.Value, l => l.Key);
        var foreign = content.Values.Where(v => v > int.MaxValue || !byChannel.ContainsKey((int)v)).ToList();
        if (foreign.Count > 0)
            return (null, $"its label has no names, and {string.Join(", ", foreign.Take(10))} {(foreign.Count > 1 ? "are no classes" : "is no class")} of {model.Id}");
        return (partial == PartialLabels.Present ? content.Values.ToDictionary(v => (int)v, v => byChannel[(int)v]) : null, null);
    }

    private bool IsKnown(string name) => model.ChannelLabels.Keys.Contains(name, StringComparer.OrdinalIgnoreCase);
}
