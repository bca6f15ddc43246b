using System.Globalization;
using LabelServer.Imaging.Formats;

namespace LabelServer.Imaging.Nrrd;

/// <summary>The segments in the key/value pairs of a <c>.seg.nrrd</c>.</summary>
/// <remarks>Source: 3D Slicer's documentation, "Segmentations: file format"; the same keys as its vtkMRMLSegmentationStorageNode writes.</remarks>
internal static class NrrdSegments
{
    /// <summary>The segments in their order; empty when the file is no segmentation.</summary>
    /// <remarks>Old files say neither layer nor value: there each layer holds one segment of value 1. In a single layer such segments count from 1 on.</remarks>
    public static IReadOnlyList<Segment> Read(IReadOnlyDictionary<string, string> pairs, int channels)
    {
        var segments = new List<Segment>();
        for (var n = 0; pairs.TryGetValue(Key(n, "ID"), out var id) || pairs.ContainsKey(Key(n, "Name")); n++)
        {
            string? Get(string field) => pairs.GetValueOrDefault(Key(n, field));
            var layer = Whole(Get("Layer")) ?? (channels > n ? n : 0);
            segments.Add(new Segment(id ?? Get("Name")!, Get("Name") ?? id!, Whole(Get("LabelValue")) ?? (channels > 1 ? 1 : n + 1), layer)
            {
                Color = ColorOf(Get("Color")),
                Extent = ExtentOf(Get("Extent")),
                Tags = Get("Tags"),
            });
        }

        return segments;
    }

    /// <summary>The pairs of all segments as they are written, in order.</summary>
    public static IEnumerable<(string Key, string Value)> Write(IReadOnlyList<Segment> segments)
    {
        for (var n = 0; n < segments.Count; n++)
        {
            var segment = segments[n];
            yield return (Key(n, "ID"), segment.Id);
            yield return (Key(n, "Name"), segment.Name);
            if (segment.Color is { } color)
            {
                yield return (Key(n, "Color"), string.Create(CultureInfo.InvariantCulture, $"{color.Red} {color.Green} {color.Blue}"));
            }

            if (segment.Extent is { } e)
            {
                yield return (Key(n, "Extent"), string.Create(CultureInfo.InvariantCulture, $"{e.FirstI} {e.LastI} {e.FirstJ} {e.LastJ} {e.FirstK} {e.LastK}"));
            }

            yield return (Key(n, "LabelValue"), segment.LabelValue.ToString(CultureInfo.InvariantCulture));
            yield return (Key(n, "Layer"), segment.Layer.ToString(CultureInfo.InvariantCulture));
            if (segment.Tags is not null)
            {
                yield return (Key(n, "Tags"), segment.Tags);
            }
        }
    }

    private static string Key(int n, string field) => string.Create(CultureInfo.InvariantCulture, $"Segment{n}_{field}");

    private static int? Whole(string? text) => int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static SegmentColor? ColorOf(string? text) => Numbers<double>(text) is [var red, var green, var blue] ? new(red, green, blue) : null;

    private static SegmentExtent? ExtentOf(string? text) => Numbers<int>(text) is [var a, var b, var c, var d, var e, var f] ? new(a, b, c, d, e, f) : null;

    /// <summary>The numbers of a list, or nothing when one of them is none: colours and extents are decoration, not worth refusing a label.</summary>
    private static T[] Numbers<T>(string? text)
        where T : struct, ISpanParsable<T>
    {
        var words = (text ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new T[words.Length];
        for (var n = 0; n < words.Length; n++)
        {
            if (!T.TryParse(words[n], CultureInfo.InvariantCulture, out numbers[n]))
            {
                return [];
            }
        }

        return numbers;
    }
}
