using LabelServer.Hosting;

namespace LabelServer.Datastore;

/// <summary>Settings of the studies folder.</summary>
public sealed class DatastoreOptions
{
    /// <summary>The names of image files by default, as MONAI Label has them.</summary>
    public static readonly IReadOnlyList<string> DefaultFilePatterns = ["*.nii.gz", "*.nii", "*.nrrd", "*.jpg", "*.png", "*.tif", "*.svs", "*.xml"];

    /// <summary>The studies folder. Created when it is missing.</summary>
    public string StudiesFolder { get; set; } = string.Empty;

    /// <summary>Which files that appear in the folder are images and labels (<c>MONAI_LABEL_DATASTORE_FILE_EXT</c>). Uploads may have other extensions. Default <see cref="DefaultFilePatterns"/>.</summary>
    public IReadOnlyList<string> FilePatterns { get; set; } = DefaultFilePatterns;

    /// <summary>Refuses every change and writes nothing at all into the folder (<c>MONAI_LABEL_DATASTORE_READ_ONLY</c>). Default false.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>Notices files that are added or removed by hand while the server runs (<c>MONAI_LABEL_DATASTORE_AUTO_RELOAD</c>). Default true.</summary>
    public bool AutoReload { get; set; } = true;

    /// <summary>Also serves files that are links to places outside the studies folder. Default false: such links are left out, with a line in the log.</summary>
    public bool FollowOutsideLinks { get; set; }

    /// <summary>How many refused labels are kept. Default 100; the oldest go first.</summary>
    public int RefusedFileLimit { get; set; } = 100;

    /// <summary>How many bytes of refused labels are kept. Default 2 GiB; the oldest go first.</summary>
    public long RefusedByteLimit { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long the index file may lag behind the journal. Default half a second.</summary>
    public TimeSpan IndexDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often folders are looked at for changes that the system did not report, as on network drives. Default 2 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The settings of a server, by MONAI Label's names (protocol 12.1).</summary>
    /// <exception cref="ServerOptionsException">A value is wrong; lists all of them.</exception>
    public static DatastoreOptions From(ServerOptions server)
    {
        var faults = new List<string>();
        var patterns = server.Environment.List("MONAI_LABEL_DATASTORE_FILE_EXT", faults);
        foreach (var pattern in patterns.Where(p => !Names.FileExtensions.IsAcceptable(p.Replace("*", string.Empty, StringComparison.Ordinal))))
        {
            faults.Add($"MONAI_LABEL_DATASTORE_FILE_EXT: '{pattern}' is no pattern for an extension. Write such as *.nii.gz.");
        }

        var options = new DatastoreOptions
        {
            StudiesFolder = server.StudiesFolder,
            FilePatterns = patterns.Count > 0 ? patterns : DefaultFilePatterns,
            ReadOnly = server.Environment.Boolean("MONAI_LABEL_DATASTORE_READ_ONLY", false, faults),
            AutoReload = server.Environment.Boolean("MONAI_LABEL_DATASTORE_AUTO_RELOAD", true, faults),
            FollowOutsideLinks = server.Environment.Boolean("MONAI_LABEL_DATASTORE_FOLLOW_LINKS", false, faults),
        };
        return faults.Count == 0 ? options : throw new ServerOptionsException(faults);
    }
}
