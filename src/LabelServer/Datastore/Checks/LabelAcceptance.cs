using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore.Checks;

/// <summary>Decides whether a label that can be read belongs to its image: its grid, and a name for each of its values. What is refused is kept, so that no work is lost.</summary>
internal sealed partial class LabelAcceptance(RefusedFiles refused, ILogger logger)
{
    private const int NamesInMessage = 10;

    /// <summary>Refuses a label on another grid or with unnamed values.</summary>
    /// <param name="file">The label's bytes; moved away when it is refused.</param>
    /// <param name="content">What they hold.</param>
    /// <param name="image">The image's grid; null when it has none that can be read.</param>
    /// <param name="names">Value → name by what the client said; null when it said nothing. A file that names its own segments wins.</param>
    /// <param name="keptName">The start of the name under which a refused file is kept.</param>
    /// <param name="extension">The extension under which it is kept.</param>
    /// <param name="what">The label, for messages.</param>
    /// <returns>Value → name, or null when nobody says.</returns>
    /// <exception cref="LabelGridException">The label lies on another grid.</exception>
    /// <exception cref="UnnamedLabelValueException">A value has no name.</exception>
    public IReadOnlyDictionary<int, string>? Require(
        ReceivedFile file, LabelContent content, VolumeGrid? image, IReadOnlyDictionary<int, string>? names, string keptName, string extension, string what)
    {
        if (image is not null && !Fits(image, content.Grid, what))
        {
            throw new LabelGridException(Explain(file, keptName, extension, $"{what} lies on another grid than the image. Image: {Describe(image)}. Label: {Describe(content.Grid)}. " +
                "Make the segmentation on the image that this server handed out and submit it again."));
        }

        names = content.SegmentNames ?? names;
        if (names is null)
        {
            return null;
        }

        foreach (var value in content.Values)
        {
            if (value is < int.MinValue or > int.MaxValue || !names.ContainsKey((int)value))
            {
                throw new UnnamedLabelValueException(Explain(file, keptName, extension, $"{what} holds the value {value}, which has no name: {Describe(names)}. " +
                    "Give every segment a name in label_info, in the order of the values, or remove the voxels of this value."));
            }
        }

        return names;
    }

    private bool Fits(VolumeGrid image, VolumeGrid label, string what)
    {
        switch (GridComparison.Compare(image, label, out var deviation))
        {
            case GridFit.Near:
                LogNearGrid(what, deviation);
                return true;
            case GridFit.MadeOrthogonal:
                LogMadeOrthogonal(what);
                return true;
            case GridFit.Same:
                return true;
            default:
                return false;
        }
    }

    /// <summary>Keeps the file and says where.</summary>
    private string Explain(ReceivedFile file, string keptName, string extension, string reason)
    {
        try
        {
            if (refused.Keep(file, keptName, extension) is { } kept)
            {
                var message = $"{reason} Your file is kept on the server as {kept}.";
                refused.Explain(kept, message);
                return message;
            }
        }
        catch (IOException exception)
        {
            LogNotKept(exception);
        }

        return $"{reason} The file could not be kept on the server; keep your copy.";
    }

    private static string Describe(VolumeGrid grid) => $"{grid.Size} voxels, index to mm (RAS) {grid.Affine}";

    private static string Describe(IReadOnlyDictionary<int, string> names) => names.Count == 0
        ? "no value has a name"
        : $"the names are {string.Join(", ", names.OrderBy(n => n.Key).Take(NamesInMessage).Select(n => $"{n.Key} '{n.Value}'"))}{(names.Count > NamesInMessage ? ", …" : string.Empty)}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} is up to {Deviation} voxels off the image's grid; it was accepted.")]
    private partial void LogNearGrid(string what, double deviation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} has perpendicular axes, the image has not (a sheared image, as ITK writes its labels); it was accepted by its shape.")]
    private partial void LogMadeOrthogonal(string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "A refused label could not be kept.")]
    private partial void LogNotKept(Exception exception);
}
