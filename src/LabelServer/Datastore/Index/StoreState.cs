using System.Collections.Immutable;
using LabelServer.Datastore.Names;

namespace LabelServer.Datastore.Index;

/// <summary>The whole store at one moment. Immutable: readers take it and never wait.</summary>
internal sealed class StoreState
{
    private readonly ImmutableSortedDictionary<string, ImageEntry> _images;
    private readonly ImmutableDictionary<string, string> _idByCollisionKey;
    private DatastoreStatistics? _statistics;
    private IReadOnlyList<string>? _ids;

    private StoreState(IndexHeader header, ImmutableSortedDictionary<string, ImageEntry> images, ImmutableDictionary<string, string> idByCollisionKey)
    {
        Header = header;
        _images = images;
        _idByCollisionKey = idByCollisionKey;
    }

    /// <summary>An empty store.</summary>
    public static StoreState Empty { get; } =
        new(IndexHeader.Default, ImmutableSortedDictionary.Create<string, ImageEntry>(StringComparer.Ordinal), ImmutableDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>What the index says about the data set as a whole.</summary>
    public IndexHeader Header { get; }

    /// <summary>The images in ordinal order of their ids.</summary>
    public IEnumerable<ImageEntry> Images => _images.Values;

    /// <summary>The number of images.</summary>
    public int Count => _images.Count;

    /// <summary>All ids in ordinal order.</summary>
    public IReadOnlyList<string> Ids => _ids ??= [.. _images.Keys];

    /// <summary>The counts.</summary>
    public DatastoreStatistics Statistics => _statistics ??= CountImages(_images.Values);

    /// <summary>Every tag that a label has, and the two that always exist.</summary>
    public IEnumerable<string> Tags => Statistics.LabelTags.Select(t => t.Key).Append(Datastore.LabelTags.Final).Append(Datastore.LabelTags.Original).Distinct(StringComparer.Ordinal);

    /// <summary>A store of these images.</summary>
    public static StoreState Of(IndexHeader header, IEnumerable<ImageEntry> images)
    {
        var byId = Empty._images.ToBuilder();
        var byKey = Empty._idByCollisionKey.ToBuilder();
        foreach (var image in images)
        {
            byId[image.Id] = image;
            byKey[ImageIds.CollisionKey(image.Stem)] = image.Id;
        }

        return new(header, byId.ToImmutable(), byKey.ToImmutable());
    }

    /// <summary>The image of that id, or null.</summary>
    public ImageEntry? Find(string id) => _images.GetValueOrDefault(id);

    /// <summary>The image whose files have that stem, in any case, or null.</summary>
    public ImageEntry? FindByStem(string stem) => _idByCollisionKey.TryGetValue(ImageIds.CollisionKey(stem), out var id) ? Find(id) : null;

    /// <summary>The same store with an image added or replaced.</summary>
    public StoreState With(ImageEntry image) => new(Header, _images.SetItem(image.Id, image), _idByCollisionKey.SetItem(ImageIds.CollisionKey(image.Stem), image.Id));

    /// <summary>The same store without an image.</summary>
    public StoreState Without(ImageEntry image) => new(Header, _images.Remove(image.Id), _idByCollisionKey.Remove(ImageIds.CollisionKey(image.Stem)));

    private static DatastoreStatistics CountImages(IEnumerable<ImageEntry> images)
    {
        var total = 0;
        var completed = 0;
        var tags = new List<KeyValuePair<string, int>> { new(Datastore.LabelTags.Final, 0), new(Datastore.LabelTags.Original, 0) };
        foreach (var image in images)
        {
            total++;
            completed += image.IsLabeled ? 1 : 0;
            foreach (var label in image.Labels)
            {
                var at = tags.FindIndex(t => t.Key == label.Tag);
                if (at < 0)
                {
                    tags.Add(new(label.Tag, 1));
                }
                else
                {
                    tags[at] = new(label.Tag, tags[at].Value + 1);
                }
            }
        }

        return new(total, completed, [.. tags.Where(t => t.Value > 0)]);
    }
}
