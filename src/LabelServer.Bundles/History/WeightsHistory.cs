using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LabelServer.Bundles.History;

/// <summary>A weights file of a bundle and the ones that were served before it.</summary>
/// <remarks>
/// <para>Layout: <c>models/NAME.pt</c> is served; <c>models/history/NAME/VERSION.pt</c> are copies of what was published, each with a <c>VERSION.json</c>; the version is a number that only grows.
/// The served file is always replaced by a rename, so that a reader sees the old or the new one; <c>models/history/NAME.served</c> says which version it is.</para>
/// <para>What was served before the first training is kept as version 0. Weights that were put there by hand since become a version of their own before they are replaced. The last <see cref="Keep"/> versions and
/// version 0 stay.</para>
/// <para>Several readers are safe; one writer at a time.</para>
/// </remarks>
public sealed class WeightsHistory
{
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <summary>Creates the view on a weights file.</summary>
    /// <param name="bundleFolder">The bundle's folder.</param>
    /// <param name="file">The served file's name, such as <c>model.pt</c>.</param>
    /// <param name="time">The clock.</param>
    public WeightsHistory(string bundleFolder, string file, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(bundleFolder);
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(time);
        ServedFile = Path.Combine(bundleFolder, "models", file);
        _folder = Path.Combine(bundleFolder, "models", "history", Path.GetFileNameWithoutExtension(file));
        _time = time;
    }

    /// <summary>The full path of the served file, whether it is there or not.</summary>
    public string ServedFile { get; }

    /// <summary>How many published versions are kept. Default 5.</summary>
    public int Keep { get; init; } = 5;

    /// <summary>The versions, the newest first.</summary>
    public IReadOnlyList<WeightsVersion> Versions() => !Directory.Exists(_folder) ? [] :
    [
        .. Directory.EnumerateFiles(_folder, "*.json")
            .Select(path => Read(path, WeightsHistoryJson.Default.WeightsVersion))
            .OfType<WeightsVersion>()
            .Where(v => File.Exists(PathOf(v.Version)))
            .OrderByDescending(v => v.Version),
    ];

    /// <summary>The version that is served, or null when the served file is none of them: there is no history, or the file was put there by hand.</summary>
    public WeightsVersion? FindServed()
    {
        var served = new FileInfo(ServedFile);
        if (!served.Exists || Read(MarkFile, WeightsHistoryJson.Default.ServedMark) is not { } mark)
        {
            return null;
        }

        return mark.Length == served.Length && mark.Modified == served.LastWriteTimeUtc ? Versions().FirstOrDefault(v => v.Version == mark.Version) : null;
    }

    /// <summary>The full path of a version's weights, to read them without serving them.</summary>
    /// <param name="version">Its number.</param>
    /// <exception cref="WeightsHistoryException">There is no such version.</exception>
    public string FileOf(int version)
    {
        var versions = Versions();
        return versions.Any(v => v.Version == version) ? PathOf(version) : throw Missing(version.ToString(CultureInfo.InvariantCulture), versions);
    }

    /// <summary>Adds a version and serves it. What it replaces is kept.</summary>
    /// <param name="write">Writes the weights to the path that it is given, whole or not at all.</param>
    /// <param name="info">What is known of them.</param>
    /// <param name="cancellationToken">Stops before anything is replaced.</param>
    /// <exception cref="IOException">The disk is full or cannot be written; what was served stays.</exception>
    public async Task PublishAsync(Func<string, CancellationToken, Task> write, PublishedWeights info, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(info);
        Directory.CreateDirectory(_folder);
        KeepServed();
        var version = new WeightsVersion(Newest + 1, _time.GetUtcNow(), info);
        try
        {
            await write(PathOf(version.Version), cancellationToken);
            Note(version);
            Serve(version.Version);
        }
        catch
        {
            Forget(version.Version);
            throw;
        }

        Prune();
    }

    /// <summary>Serves an earlier version again.</summary>
    /// <param name="version">Its number; null: the one before what is served.</param>
    /// <returns>What is served now.</returns>
    /// <exception cref="WeightsHistoryException">There is no such version.</exception>
    public WeightsVersion Rollback(int? version = null)
    {
        var versions = Versions();
        var now = FindServed()?.Version ?? (versions.Count > 0 ? versions[0].Version : null);
        var wanted = version is null ? versions.FirstOrDefault(v => v.Version < now) : versions.FirstOrDefault(v => v.Version == version);
        if (wanted is null)
        {
            throw Missing(version?.ToString(CultureInfo.InvariantCulture) ?? "before the served one", versions);
        }

        if (versions.Count > 0 && FindServed() is null)
        {
            KeepServed();
        }

        Serve(wanted.Version);
        return wanted;
    }

    private WeightsHistoryException Missing(string version, IReadOnlyList<WeightsVersion> versions) => new(
        $"There is no version {version} of {Path.GetFileName(ServedFile)}. " + (versions.Count == 0 ? "Nothing was published yet." : $"There are: {string.Join(", ", versions.Select(v => v.Version))}."));

    private string MarkFile => _folder + ".served";

    // By the names, so that weights whose note is damaged are not written over.
    private int Newest => !Directory.Exists(_folder) ? 0 : Directory.EnumerateFiles(_folder, "*.pt").Select(f => int.TryParse(Path.GetFileNameWithoutExtension(f), CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max();

    private string PathOf(int version) => Path.Combine(_folder, version.ToString("D4", CultureInfo.InvariantCulture) + ".pt");

    private string InfoOf(int version) => Path.ChangeExtension(PathOf(version), ".json");

    // What is served is a copy of a version, unless nothing was published yet or somebody replaced the file.
    private void KeepServed()
    {
        if (!File.Exists(ServedFile) || FindServed() is not null)
        {
            return;
        }

        var version = new WeightsVersion(Versions().Count == 0 ? 0 : Newest + 1, new DateTimeOffset(File.GetLastWriteTimeUtc(ServedFile), TimeSpan.Zero), null);
        try
        {
            File.Copy(ServedFile, PathOf(version.Version), overwrite: true);
            Note(version);
        }
        catch
        {
            Forget(version.Version);
            throw;
        }
    }

    // Of a version that is too old, or that could not be kept: what is left of it would fill a full disk.
    private void Forget(int version)
    {
        File.Delete(InfoOf(version));
        File.Delete(PathOf(version));
    }

    private void Note(WeightsVersion version) => Replace(InfoOf(version.Version), JsonSerializer.SerializeToUtf8Bytes(version, WeightsHistoryJson.Default.WeightsVersion));

    private void Serve(int version)
    {
        var (weights, mark) = (Temporary(ServedFile), Temporary(MarkFile));
        try
        {
            File.Copy(PathOf(version), weights);
            using (var copy = new FileStream(weights, FileMode.Open, FileAccess.ReadWrite))
            {
                copy.Flush(flushToDisk: true);
            }

            // Whoever watches the file's time sees that it changed, also when an older version is served again.
            File.SetLastWriteTimeUtc(weights, _time.GetUtcNow().UtcDateTime);
            var written = new FileInfo(weights);
            Write(mark, JsonSerializer.SerializeToUtf8Bytes(new ServedMark(version, written.Length, written.LastWriteTimeUtc), WeightsHistoryJson.Default.ServedMark));

            // All that needs room on the disk is done.
            File.Move(weights, ServedFile, overwrite: true);
            File.Move(mark, MarkFile, overwrite: true);
        }
        catch
        {
            File.Delete(weights);
            File.Delete(mark);
            throw;
        }
    }

    private static string Temporary(string path) => $"{path}.{Guid.NewGuid():n}.tmp";

    // Null where the file is gone, as when the writer removes an old version at this moment, or damaged, as by a power cut: it is then no version that could be served.
    private static T? Read<T>(string path, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), json);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private static void Replace(string path, byte[] content)
    {
        var temporary = Temporary(path);
        try
        {
            Write(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private void Prune()
    {
        foreach (var old in Versions().Where(v => v.Version > 0).Skip(Keep))
        {
            Forget(old.Version);
        }
    }
}
