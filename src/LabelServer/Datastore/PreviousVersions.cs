using System.Globalization;
using System.Text;
using LabelServer.Datastore.Disk;

namespace LabelServer.Datastore;

/// <summary>Keeps the former file and info of a label that is replaced or removed, under <c>.labelserver/versions/TAG/NAME/TIME.ext</c> and <c>TIME.ext.info.json</c>.</summary>
/// <remarks>The file is a second name of the same bytes where the disk can do that, so keeping it costs no room until it is replaced.</remarks>
internal sealed class PreviousVersions(StudiesLayout layout, IStoreDisk disk, TimeProvider time)
{
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
        var kept = FreeName(folder, label.Extension);
        disk.Link(file, kept);
        disk.Write(kept + ".info.json", Encoding.UTF8.GetBytes(label.Info.ToString()));
        disk.FlushFolder(folder);
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

    private string FreeName(string folder, string extension)
    {
        var moment = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        for (var number = 0; ; number++)
        {
            var path = Path.Combine(folder, number == 0 ? moment + extension : string.Create(CultureInfo.InvariantCulture, $"{moment}-{number}{extension}"));
            if (!File.Exists(path))
            {
                return path;
            }
        }
    }
}
