using System.Text.Json;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Index;

namespace LabelServer.Datastore;

/// <summary>Remembers what was known about images and labels whose files were taken away by hand, so that names, values and ids are there again when the files come back.</summary>
/// <remarks>Only a memory aid: kept in <c>.labelserver/departed.json</c> in the form of the index. What is deleted through the server is not remembered.</remarks>
internal sealed class DepartedFiles
{
    // A folder that is emptied and filled with other images again and again must not grow this without end.
    private const int Limit = 20_000;

    private readonly string _path;
    private readonly Dictionary<string, ImageEntry> _images = new(StringComparer.Ordinal);
    private bool _changed;

    /// <summary>Reads what an earlier run left; a damaged file is nothing known.</summary>
    public DepartedFiles(StudiesLayout layout)
    {
        _path = Path.Combine(layout.Hidden, "departed.json");
        try
        {
            foreach (var image in IndexFile.Read(File.ReadAllBytes(_path)).Images)
            {
                _images[image.Stem] = image;
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            // Nothing departed yet, or nothing that can be told any more.
        }
    }

    /// <summary>Remembers an image with its labels.</summary>
    public void Add(ImageEntry image)
    {
        if (_images.Count >= Limit)
        {
            _images.Remove(_images.Keys.First());
        }

        _images[image.Stem] = _images.TryGetValue(image.Stem, out var earlier) ? image.Labels.Aggregate(image with { Labels = earlier.Labels }, (i, l) => i.WithLabel(l)) : image;
        _changed = true;
    }

    /// <summary>Remembers a label.</summary>
    public void Add(ImageEntry image, LabelEntry label) => Add(image with { Labels = [label] });

    /// <summary>What is known about an image whose file has come back, without labels; null when nothing is.</summary>
    public ImageEntry? FindImage(string stem, string extension) => _images.TryGetValue(stem, out var image) && image.Extension == extension ? image with { Labels = [] } : null;

    /// <summary>What is known about a label whose file has come back; null when nothing is.</summary>
    public LabelEntry? FindLabel(string stem, string tag, string extension) =>
        _images.TryGetValue(stem, out var image) && image.FindLabel(tag) is { } label && label.Extension == extension ? label : null;

    /// <summary>Writes the memory to disk when it has changed.</summary>
    public void Save(IStoreDisk disk)
    {
        if (_changed)
        {
            disk.Write(_path + ".new", IndexFile.Write(IndexHeader.Default, _images.Values));
            disk.Move(_path + ".new", _path);
            _changed = false;
        }
    }
}
