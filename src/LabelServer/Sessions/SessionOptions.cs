using LabelServer.Hosting;

namespace LabelServer.Sessions;

/// <summary>Settings of sessions.</summary>
public sealed class SessionOptions
{
    private const int DefaultExpiry = 3600;

    /// <summary>Whether there are sessions (<c>MONAI_LABEL_SESSIONS</c>). Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The folder with one folder for each session (<c>MONAI_LABEL_SESSION_PATH</c>). Default <c>.labelserver/sessions</c> in the studies folder, so that patients' images stay on the studies' disk; where the studies are read-only, a folder of this user.</summary>
    public string Folder { get; set; } = string.Empty;

    /// <summary>The longest time, in seconds, that a session lives after its last use (<c>MONAI_LABEL_SESSION_EXPIRY</c>), and the time when none is asked for. Default 3600; 60 and less mean 3600, as in the original.</summary>
    public int Expiry { get; set; } = DefaultExpiry;

    /// <summary>How often expired sessions are removed from disk. They are not served meanwhile. Default 5 minutes.</summary>
    public TimeSpan CleaningInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The most bytes that an archive may unpack to. Default 16 GiB.</summary>
    public long UnpackedByteLimit { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>How many times its own size an archive may unpack to, once it is past 64 MiB. Default 200; CT packs to a half or a third, an empty segmentation to a thousandth.</summary>
    public int UnpackedRatioLimit { get; set; } = 200;

    /// <summary>The most files in an archive. Default 20 000.</summary>
    public int UnpackedFileLimit { get; set; } = 20_000;

    /// <summary>The settings of a server, by MONAI Label's names (protocol 12.1).</summary>
    /// <exception cref="ServerOptionsException">A value is wrong; lists all of them.</exception>
    public static SessionOptions From(ServerOptions server)
    {
        var faults = new List<string>();
        var folder = server.Environment.Text("MONAI_LABEL_SESSION_PATH")?.Trim();
        var expiry = server.Environment.Integer("MONAI_LABEL_SESSION_EXPIRY", DefaultExpiry, faults);
        var inStudies = !server.Environment.Boolean("MONAI_LABEL_DATASTORE_READ_ONLY", false, faults);
        var usual = inStudies ? server.StateFolder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "labelserver");
        var options = new SessionOptions
        {
            Enabled = server.Environment.Boolean("MONAI_LABEL_SESSIONS", true, faults),
            Folder = string.IsNullOrEmpty(folder) ? Path.Combine(usual, "sessions") : Path.GetFullPath(folder),
            Expiry = expiry > 60 ? expiry : DefaultExpiry,
        };
        return faults.Count == 0 ? options : throw new ServerOptionsException(faults);
    }
}
