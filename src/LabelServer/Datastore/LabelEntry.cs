using System.Globalization;
using System.Text.Json;

namespace LabelServer.Datastore;

/// <summary>What the store knows about one label. Immutable.</summary>
public sealed record LabelEntry
{
    /// <summary>The key in <see cref="Info"/> that holds value → name.</summary>
    public const string ValuesKey = "label_values";

    /// <summary>The tag: <c>final</c>, <c>original</c> or any other.</summary>
    public required string Tag { get; init; }

    /// <summary>The file's extension with its dot, such as <c>.seg.nrrd</c>.</summary>
    public required string Extension { get; init; }

    /// <summary>What clients and the server recorded: <c>label_info</c>, <c>model</c>, <c>client_id</c>, <c>ts</c>, <c>name</c>, <c>label_values</c> and whatever a client sent.</summary>
    public InfoDocument Info { get; init; } = InfoDocument.Empty;

    /// <summary>Members of the index that this program does not know, kept as they are.</summary>
    internal InfoDocument UnknownMembers { get; init; } = InfoDocument.Empty;

    /// <summary>What the voxel values of the stored file mean, by value without background; null when nobody said (a label that was found on disk, or sent without names).</summary>
    public IReadOnlyDictionary<int, string>? ValueNames()
    {
        if (!Info.TryGet(ValuesKey, out var values) || values.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = new SortedDictionary<int, string>();
        foreach (var member in values.EnumerateObject())
        {
            if (int.TryParse(member.Name, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && member.Value.ValueKind == JsonValueKind.String)
            {
                names[value] = member.Value.GetString()!;
            }
        }

        return names;
    }
}
