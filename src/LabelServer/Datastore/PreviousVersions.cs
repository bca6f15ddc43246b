using System.Text;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Versions;

namespace LabelServer.Datastore;

/// <summary>Keeps the labels that are not the current ones, with their info, under <c>.labelserver/versions/TAG/NAME/ID.ext</c> and <c>ID.ext.info.json</c>.</summary>
/// <remarks>A replaced file is a second name of the same bytes where the disk can do that, so keeping it costs no room until it is replaced.</remarks>
internal sealed class PreviousVersions(StudiesLayout layout, IStoreDisk disk, TimeProvider time)
{
    private const string InfoSuffix = ".info.json";

    /// <summary>Keeps a label as it is now. Nothing happens when its file is gone.</summary>
    public void Keep(ImageEntry image, LabelEntry label)
    {
        var file = layout.LabelFile(image, label);
        if (!File.Exists(file))
        {
            return;
        }

        var folder = layout.VersionFolder(label.Tag, image.Stem);
        disk.CreateFolder(folder);
        var stamp = LabelStamp.Of(label);
        var kept = Path.Combine(folder, stamp.Id + label.Extension);
        var info = label.Info;
        if (File.Exists(kept))
        {
            // A label from elsewhere with the time of another one.
            stamp = stamp with { Id = NewId(image, label.Tag, null) };
            (kept, info) = (Path.Combine(folder, stamp.Id + label.Extension), stamp.Into(info));
        }

        disk.Link(file, kept);
        disk.Write(kept + InfoSuffix, Encoding.UTF8.GetBytes(info.ToString()));
        disk.FlushFolder(folder);
    }

    /// <summary>Keeps a received label that does not become the current one. It is durable when this returns.</summary>
    public void KeepBeside(ImageEntry image, LabelEntry label, ReceivedFile content)
    {
        var folder = layout.VersionFolder(label.Tag, image.Stem);
        disk.CreateFolder(folder);
        var kept = Path.Combine(folder, LabelStamp.Of(label).Id + label.Extension);
        disk.FlushFile(content.TemporaryPath);
        disk.Write(kept + InfoSuffix, Encoding.UTF8.GetBytes(label.Info.ToString()));
        disk.Move(content.TemporaryPath, kept);
        content.MarkTaken();
        disk.FlushFolder(folder);
    }

    /// <summary>An id that no version of this image and tag has.</summary>
    public string NewId(ImageEntry image, string tag, string? current)
    {
        var folder = layout.VersionFolder(tag, image.Stem);
        var now = time.GetUtcNow();
        for (var number = 0; ; number++)
        {
            var id = LabelStamp.IdOf(now, number);
            if (id != current && !(Directory.Exists(folder) && Directory.EnumerateFiles(folder, id + ".*").Any()))
            {
                return id;
            }
        }
    }

    /// <summary>The kept versions of a label, in no order.</summary>
    public IEnumerable<(string Path, LabelVersion Version)> List(ImageEntry image, string tag)
    {
        var folder = layout.VersionFolder(tag, image.Stem);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(folder).Where(p => !p.EndsWith(InfoSuffix, StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(path);
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var id = dot < 0 ? name : name[..dot];
            if (!LabelStamp.IsId(id))
            {
                continue;
            }

            // The file's name is what the version is found by; files of earlier programs have no stamp.
            var info = InfoOf(path);
            yield return (path, new LabelVersion(LabelStamp.Of(info) with { Id = id }, false, dot < 0 ? string.Empty : name[dot..], info, new FileInfo(path).Length));
        }
    }

    /// <summary>The kept files of an image, for its removal.</summary>
    public IReadOnlyList<string> FilesOf(ImageEntry image)
    {
        var files = new List<string>();
        if (Directory.Exists(layout.Versions))
        {
            foreach (var tag in Directory.EnumerateDirectories(layout.Versions))
            {
                var folder = Path.Combine(tag, image.Stem);
                if (Directory.Exists(folder))
                {
                    files.AddRange(Directory.EnumerateFiles(folder));
                }
            }
        }

        return files;
    }

    private static InfoDocument InfoOf(string path)
    {
        var file = path + InfoSuffix;
        try
        {
            return File.Exists(file) ? InfoDocument.Parse(File.ReadAllText(file), $"info of the version {Path.GetFileName(path)}") : InfoDocument.Empty;
        }
        catch (InvalidInfoException)
        {
            // A crash between the two files; the bytes of the label are what counts.
            return InfoDocument.Empty;
        }
    }
}
