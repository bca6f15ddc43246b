using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Learning.Training;

/// <summary>Translates a label file's values into the network's channels, by name.</summary>
internal sealed class LabelMapping
{
    private readonly Dictionary<int, int>? _channels;
    private readonly int _classes;

    private LabelMapping(Dictionary<int, int>? channels, bool[]? listed, int classes)
    {
        _channels = channels;
        Listed = listed;
        _classes = classes;
    }

    /// <summary>For each class whether it was annotated; null when all were.</summary>
    public bool[]? Listed { get; }

    /// <summary>Matches an item's names with the bundle's.</summary>
    /// <param name="item">The item.</param>
    /// <param name="channels">The bundle's names, channel → name, without background.</param>
    /// <param name="classes">The network's channels.</param>
    /// <param name="partial">Whether classes that are not listed count as not annotated; otherwise they count as background.</param>
    /// <exception cref="TrainingDataException">A name is not the bundle's; all such names are given.</exception>
    public static LabelMapping For(TrainingItem item, IReadOnlyDictionary<int, string> channels, int classes, bool partial)
    {
        if (item.LabelNames is null)
        {
            return new(null, null, classes);
        }

        var byName = channels.ToDictionary(c => c.Value, c => c.Key, StringComparer.OrdinalIgnoreCase);
        string[] unknown = [.. item.LabelNames.Where(l => l.Key != 0 && !byName.ContainsKey(l.Value)).Select(l => $"'{l.Value}'")];
        if (unknown.Length > 0)
        {
            throw new TrainingDataException(
                $"The label of '{item.Id}' names {string.Join(", ", unknown)}, which the bundle does not have. Its names are: {string.Join(", ", channels.Values.Take(120))}.");
        }

        var listed = new bool[classes];
        listed[0] = true;
        var map = new Dictionary<int, int> { [0] = 0 };
        foreach (var (value, name) in item.LabelNames.Where(l => l.Key != 0))
        {
            map[value] = byName[name];
            listed[byName[name]] = true;
        }

        return new(map, partial && listed.Contains(false) ? listed : null, classes);
    }

    /// <summary>Replaces values by channels, in place.</summary>
    /// <returns>Whether any voxel is labelled.</returns>
    /// <exception cref="TrainingDataException">A value has no name, or is no channel of the network.</exception>
    public bool Apply(Volume label, string id) => label.Accept<ApplyVisitor, bool>(new ApplyVisitor(this, id));

    private readonly struct ApplyVisitor(LabelMapping mapping, string id) : IVolumeVisitor<bool>
    {
        public bool Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var any = false;
            var (last, lastMapped) = (T.Zero, T.Zero);
            foreach (ref var value in volume.Samples)
            {
                if (value != last)
                {
                    last = value;
                    lastMapped = T.CreateChecked(mapping.ChannelOf(double.CreateChecked(value), id));
                }

                any |= lastMapped != T.Zero;
                value = lastMapped;
            }

            return any;
        }
    }

    private int ChannelOf(double value, string id)
    {
        var whole = (int)value;
        if (whole != value)
        {
            throw new TrainingDataException(FormattableString.Invariant($"The label of '{id}' holds {value}, which is no whole number. Is it an image?"));
        }

        if (_channels is null)
        {
            return whole >= 0 && whole < _classes
                ? whole
                : throw new TrainingDataException($"The label of '{id}' holds the value {whole}; the network has classes 0 to {_classes - 1}.");
        }

        return _channels.TryGetValue(whole, out var channel)
            ? channel
            : throw new TrainingDataException($"The label of '{id}' holds the value {whole}, which has no name. Give it one in the label's info, or remove it.");
    }
}
