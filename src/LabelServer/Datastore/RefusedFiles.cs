using System.Globalization;
using System.Text;
using LabelServer.Datastore.Disk;

namespace LabelServer.Datastore;

/// <summary>Keeps labels that were not accepted, so that an annotator's work is not lost: <c>.labelserver/refused</c>, bounded in number and bytes, the oldest go first.</summary>
internal sealed class RefusedFiles(StudiesLayout layout, IStoreDisk disk, TimeProvider time, int fileLimit, long byteLimit)
{
    private readonly Lock _gate = new();

    /// <summary>Moves an upload here.</summary>
    /// <param name="file">The upload.</param>
    /// <param name="name">The start of the name that it gets: image and tag.</param>
    /// <param name="extension">Its extension.</param>
    /// <returns>Where it lies, relative to the studies folder; null when it is larger than everything that may be kept.</returns>
    public string? Keep(ReceivedFile file, string name, string extension)
    {
        if (fileLimit < 1 || file.Length > byteLimit)
        {
            return null;
        }

        lock (_gate)
        {
            disk.CreateFolder(layout.Refused);
            MakeRoom(file.Length);
            var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
            var path = Path.Combine(layout.Refused, $"{moment}-{name}-{Guid.NewGuid().ToString("N")[..6]}{extension}");
            disk.Move(file.TemporaryPath, path);
            file.MarkTaken();
            disk.FlushFolder(layout.Refused);
            return layout.Relative(path);
        }
    }

    /// <summary>Writes beside a kept file why it is there.</summary>
    public void Explain(string relativePath, string reason) => disk.Write(layout.Absolute(relativePath) + ".reason.txt", Encoding.UTF8.GetBytes(reason + "\n"));

    private void MakeRoom(long length)
    {
        // Names begin with the time, so their order is that of their age.
        var kept = new DirectoryInfo(layout.Refused).GetFiles().Where(f => !f.Name.EndsWith(".reason.txt", StringComparison.Ordinal)).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        var bytes = kept.Sum(f => f.Length);
        foreach (var oldest in kept)
        {
            if (kept.Count < fileLimit && bytes + length <= byteLimit)
            {
                break;
            }

            disk.Delete(oldest.FullName);
            disk.Delete(oldest.FullName + ".reason.txt");
            bytes -= oldest.Length;
            kept = kept[1..];
        }
    }
}
