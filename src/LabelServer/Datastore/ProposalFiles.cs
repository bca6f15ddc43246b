namespace LabelServer.Datastore;

/// <summary>Where the kept proposals of an image lie: <c>.labelserver/proposals/MODEL/NAME.ext.gz</c>, with <c>NAME.json</c> and <c>NAME.uncertainty.json</c> beside it.</summary>
internal static class ProposalFiles
{
    private const string Dropout = ".epistemic.json";
    private const string Mirrored = ".tta.json";

    /// <summary>The folder of a model.</summary>
    public static string Folder(StudiesLayout layout, string model) => Path.Combine(layout.Proposals, model);

    /// <summary>What is known of the proposal.</summary>
    public static string Description(StudiesLayout layout, string model, ImageEntry image) => Path.Combine(Folder(layout, model), image.Stem + ".json");

    /// <summary>What repeated predictions said about the image, mirrored or with dropout.</summary>
    public static string Uncertainty(StudiesLayout layout, string model, ImageEntry image, bool flips) => Path.Combine(Folder(layout, model), image.Stem + (flips ? Mirrored : Dropout));

    /// <summary>The label map, packed with gzip.</summary>
    public static string Labels(StudiesLayout layout, string model, ImageEntry image, string extension) => Path.Combine(Folder(layout, model), image.Stem + extension + ".gz");

    /// <summary>All kept files of an image, for its removal.</summary>
    public static IReadOnlyList<string> Of(StudiesLayout layout, ImageEntry image)
    {
        if (!Directory.Exists(layout.Proposals))
        {
            return [];
        }

        // Another image's name may begin with this one's and a dot, so only the names that this class makes count.
        string[] suffixes = [".json", Dropout, Mirrored, .. Imaging.Formats.VolumeFileTypes.Extensions.Select(e => e + ".gz")];
        return [.. Directory.EnumerateDirectories(layout.Proposals).SelectMany(f => suffixes.Select(s => Path.Combine(f, image.Stem + s))).Where(File.Exists)];
    }
}
