using System.Text.Json;
using LabelServer.Http;

namespace LabelServer.Sessions;

/// <summary>Images that a client sent for a while, without adding them to the studies: one folder for each session with the files and <c>meta.info</c>, as MONAI Label lays it out.</summary>
/// <remarks>
/// <para>A session lives for its expiry after its last use; from then on it is not found, at once, whether or not its files are still there. Reading its info is a use, so that a panel which asks for it keeps it alive. (In the
/// original expired sessions go on being served until they are cleaned up, and a plain read does not count.)</para>
/// <para>The state is on disk only, so sessions survive a restart. Safe for concurrent use.</para>
/// </remarks>
public sealed partial class SessionStore
{
    /// <summary>The file with a session's info.</summary>
    public const string MetaFile = "meta.info";

    private readonly SessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionStore> _logger;
    private readonly Lock _writing = new();

    /// <summary>Creates the store. Touches nothing on disk.</summary>
    public SessionStore(SessionOptions options, TimeProvider time, ILogger<SessionStore> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Where uploads for new sessions should be streamed: the disk on which they are to stay.</summary>
    public string IncomingFolder => Path.Combine(_options.Folder, ".incoming");

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Refuses everything while sessions are switched off.</summary>
    /// <exception cref="SessionsDisabledException">They are.</exception>
    public void RequireEnabled()
    {
        if (!_options.Enabled)
        {
            throw new SessionsDisabledException("Session Feature is Not Enabled");
        }
    }

    /// <summary>Makes a session of uploaded files, which are moved away from where they lie.</summary>
    /// <param name="files">At least one file. Several are the files of one image.</param>
    /// <param name="unpack">Whether a single file is an archive of the files of one image.</param>
    /// <param name="expiry">Seconds that it is to live after its last use; 0 and less, and more than the server allows, mean what the server allows.</param>
    /// <param name="cancellationToken">Stops it; nothing stays.</param>
    /// <exception cref="SessionArchiveException">The archive cannot be unpacked.</exception>
    public async Task<SessionInfo> CreateAsync(IReadOnlyList<UploadedFile> files, bool unpack, long expiry, CancellationToken cancellationToken)
    {
        RequireEnabled();
        var id = Guid.NewGuid().ToString("D");
        var folder = Path.Combine(_options.Folder, id);

        // Complete before it is visible under its id.
        var hidden = Path.Combine(_options.Folder, $".{id}.new");
        try
        {
            Directory.CreateDirectory(hidden);
            var image = await PlaceAsync(files, unpack, hidden, cancellationToken);
            var now = Now;
            var info = new SessionInfo
            {
                Name = id,
                Path = folder,
                Image = Path.Combine(folder, image),
                Created = now,
                LastAccess = now,
                Expiry = expiry > 0 ? Math.Min(expiry, _options.Expiry) : _options.Expiry,
            };
            await File.WriteAllBytesAsync(Path.Combine(hidden, MetaFile), JsonSerializer.SerializeToUtf8Bytes(info, RecordJson.Default.SessionInfo), cancellationToken);
            Directory.Move(hidden, folder);
            LogCreated(id, files.Count);
            return info;
        }
        catch
        {
            RemoveFolder(hidden);
            throw;
        }
    }

    /// <summary>A session's info; this counts as a use.</summary>
    /// <exception cref="SessionNotFoundException">There is none, or it has expired.</exception>
    public SessionInfo Use(string id) => TryUse(id) ?? throw new SessionNotFoundException($"Session ({id}) Not Found");

    /// <summary>A session's info, or null when there is none or it has expired; this counts as a use.</summary>
    public SessionInfo? TryUse(string id)
    {
        RequireEnabled();
        if (!IsId(id))
        {
            return null;
        }

        lock (_writing)
        {
            if (Read(id) is not { } info)
            {
                return null;
            }

            if (info.IsExpired(Now))
            {
                LogExpired(id);
                RemoveFolder(Path.Combine(_options.Folder, id));
                return null;
            }

            var used = info with { LastAccess = Math.Max(Now, info.LastAccess) };
            Write(used);
            return used;
        }
    }

    /// <summary>The files of a session's image, sorted by name; this counts as a use.</summary>
    /// <exception cref="SessionNotFoundException">There is no such session, or it has expired.</exception>
    public IReadOnlyList<SessionFile> Files(string id)
    {
        var info = Use(id);
        return File.Exists(info.Image)
            ? [new SessionFile(Path.GetFileName(info.Image), info.Image)]
            : [.. Directory.EnumerateFiles(info.Image, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => new SessionFile(Path.GetRelativePath(info.Image, f), f))];
    }

    /// <summary>Removes a session and its files.</summary>
    /// <returns>What it was, or null when there was none.</returns>
    public SessionInfo? Remove(string id)
    {
        RequireEnabled();
        if (!IsId(id))
        {
            return null;
        }

        lock (_writing)
        {
            var info = Read(id);
            RemoveFolder(Path.Combine(_options.Folder, id));
            return info is null || info.IsExpired(Now) ? null : info;
        }
    }

    /// <summary>Removes what has expired, what cannot be read, and uploads that nobody finished. Leaves alone whatever is no session.</summary>
    public void Clean()
    {
        if (!_options.Enabled || !Directory.Exists(_options.Folder))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(_options.Folder))
        {
            var name = Path.GetFileName(folder);
            if (!IsId(name))
            {
                continue;
            }

            lock (_writing)
            {
                var info = Read(name);
                var unreadableSince = info is null ? Directory.GetLastWriteTimeUtc(folder) : default;
                if (info?.IsExpired(Now) == true || (info is null && unreadableSince.AddSeconds(_options.Expiry) < _time.GetUtcNow().UtcDateTime))
                {
                    LogExpired(name);
                    RemoveFolder(folder);
                }
            }
        }

        CleanUnfinished();
    }

    // Only ids that this program (or the original) gave out; so no id leads anywhere else, and no foreign folder is ever removed.
    private static bool IsId(string id) => Guid.TryParseExact(id, "D", out _);

    private static async Task<string> PlaceAsync(IReadOnlyList<UploadedFile> files, bool unpack, string folder, SessionArchive archive, CancellationToken cancellationToken)
    {
        var names = new SessionFileNames();
        if (files.Count == 1 && !unpack)
        {
            var name = names.Take(files[0].FileName.Length > 0 ? files[0].FileName : "image");
            File.Move(files[0].Path, Path.Combine(folder, name));
            return name;
        }

        // As the original names it: a random name, taken for a DICOM series.
        var image = "tmp" + Guid.NewGuid().ToString("N")[..8];
        var target = Path.Combine(folder, image);
        if (files.Count == 1)
        {
            if (!SessionArchive.IsKnown(files[0].FileName))
            {
                throw new SessionArchiveException($"The file '{files[0].FileName}' cannot be unpacked. Send a .zip, .tar, .tar.gz or .tgz file, or leave uncompress out.");
            }

            await archive.UnpackAsync(files[0].Path, files[0].FileName, target, cancellationToken);
            return image;
        }

        Directory.CreateDirectory(target);
        foreach (var file in files)
        {
            File.Move(file.Path, Path.Combine(target, names.Take(file.FileName.Length > 0 ? file.FileName : "file")));
        }

        return image;
    }

    private Task<string> PlaceAsync(IReadOnlyList<UploadedFile> files, bool unpack, string folder, CancellationToken cancellationToken) =>
        PlaceAsync(files, unpack, folder, new SessionArchive(_options), cancellationToken);

    private SessionInfo? Read(string id)
    {
        var folder = Path.Combine(_options.Folder, id);
        try
        {
            var info = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, MetaFile)), RecordJson.Default.SessionInfo);

            // The names count, not the folders: the store may have been moved, and a file that somebody wrote must lead nowhere else.
            var image = info is null ? null : Path.Combine(folder, Path.GetFileName(info.Image));
            return image is not null && (File.Exists(image) || Directory.Exists(image)) ? info! with { Name = id, Path = folder, Image = image } : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException or ArgumentException)
        {
            if (exception is not (FileNotFoundException or DirectoryNotFoundException))
            {
                LogUnreadable(id, exception.Message);
            }

            return null;
        }
    }

    private void Write(SessionInfo info)
    {
        var path = Path.Combine(info.Path, MetaFile);
        try
        {
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(info, RecordJson.Default.SessionInfo));
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (IOException exception)
        {
            // The session stays usable; only its life is not longer by this use.
            LogNotTouched(info.Name, exception.Message);
        }
    }

    private void RemoveFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps files that are being read; the next cleaning tries again.
            LogNotRemoved(Path.GetFileName(folder), exception.Message);
        }
    }

    private void CleanUnfinished()
    {
        var limit = _time.GetUtcNow().UtcDateTime.AddDays(-1);
        foreach (var folder in new DirectoryInfo(_options.Folder).EnumerateDirectories(".*.new").Where(d => d.LastWriteTimeUtc < limit))
        {
            RemoveFolder(folder.FullName);
        }

        if (Directory.Exists(IncomingFolder))
        {
            foreach (var file in new DirectoryInfo(IncomingFolder).EnumerateFiles().Where(f => f.LastWriteTimeUtc < limit))
            {
                file.Delete();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Made the session {Id} of {Count} files.")]
    private partial void LogCreated(string id, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The session {Id} has expired and is removed.")]
    private partial void LogExpired(string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The info of the session {Id} cannot be read: {Reason}")]
    private partial void LogUnreadable(string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last use of the session {Id} could not be noted: {Reason}")]
    private partial void LogNotTouched(string id, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The files of the session {Id} could not be removed yet: {Reason}")]
    private partial void LogNotRemoved(string id, string reason);
}
