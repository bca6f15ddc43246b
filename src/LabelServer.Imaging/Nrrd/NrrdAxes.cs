namespace LabelServer.Imaging.Nrrd;

/// <summary>The axes of a NRRD file, fastest first, and which of them lie in space.</summary>
/// <param name="Sizes">The size of each axis.</param>
/// <param name="Directions">The space direction of each axis in the file's own space; null for an axis that is not spatial.</param>
/// <param name="Origin">The space origin in the file's own space.</param>
/// <param name="ChannelAxis">The axis whose samples become channels, or -1.</param>
internal sealed record NrrdAxes(long[] Sizes, double[]?[] Directions, double[] Origin, int ChannelAxis)
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Reads the axes of a header.</summary>
    /// <exception cref="VolumeFormatException">The fields contradict each other.</exception>
    /// <exception cref="VolumeUnsupportedException">The axes are more than three in space and one list.</exception>
    public static NrrdAxes Of(NrrdFields fields, string subject)
    {
        var dimension = fields.Number("dimension", fields.Require("dimension"));
        if (dimension is < 1 or > 16)
        {
            throw fields.Damaged($"it has {dimension} dimensions; 1 to 16 are possible");
        }

        var count = (int)dimension;
        var sizes = Words(fields.Require("sizes"));
        if (sizes.Length != count)
        {
            throw fields.Damaged($"its NRRD header has {sizes.Length} sizes for {count} dimensions");
        }

        var numbers = Array.ConvertAll(sizes, s => fields.Number("sizes", s));
        if (Array.Exists(numbers, n => n < 1))
        {
            throw fields.Damaged($"one of its sizes is below 1 ({NrrdFields.Shorten(string.Join(' ', sizes))})");
        }

        var kinds = KindsOf(fields, count);
        RefuseComplex(kinds, subject);
        var directions = fields.Get("space directions") is { } text ? DirectionsOf(fields, text, count) : SpacingsOf(fields, kinds, numbers, count);
        var spatial = directions.Count(d => d is not null);
        var rest = Enumerable.Range(0, count).Where(axis => directions[axis] is null && numbers[axis] > 1).ToArray();
        if (spatial is < 2 or > 3 || rest.Length > 1)
        {
            throw new VolumeUnsupportedException(
                $"{subject} has {string.Join('×', numbers)} samples on {spatial} axes in space and {count - spatial} others. Volumes with two or three axes in space and one list of channels are read; split it into such volumes.");
        }

        var origin = fields.Get("space origin") is { } place ? VectorOf(fields, "space origin", place) ?? [0, 0, 0] : [0, 0, 0];
        return new(numbers, directions, origin, rest is [var channelAxis] ? channelAxis : -1);
    }

    private static string[] Words(string text) => text.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);

    private static string[] KindsOf(NrrdFields fields, int count)
    {
        var kinds = fields.Get("kinds") is { } text ? Words(text.ToLowerInvariant()) : [.. Enumerable.Repeat("???", count)];
        return kinds.Length == count ? kinds : throw fields.Damaged($"its NRRD header has {kinds.Length} kinds for {count} dimensions");
    }

    private static void RefuseComplex(string[] kinds, string subject)
    {
        if (Array.Exists(kinds, k => k == "complex"))
        {
            throw new VolumeUnsupportedException($"{subject} holds complex numbers (NRRD kind complex). Convert it to plain numbers, for example their magnitude.");
        }
    }

    /// <summary>The vectors, one for each axis; an axis that moves only along time is none in space.</summary>
    private static double[]?[] DirectionsOf(NrrdFields fields, string text, int count)
    {
        var directions = new List<double[]?>(count);
        for (var n = 0; n < text.Length;)
        {
            if (char.IsWhiteSpace(text[n]))
            {
                n++;
                continue;
            }

            var end = text[n] == '(' ? text.IndexOf(')', n) + 1 : text.IndexOfAny(Blanks, n);
            end = end <= 0 ? text[n] == '(' ? throw fields.Damaged("a vector of its 'space directions' has no end") : text.Length : end;
            var vector = VectorOf(fields, "space directions", text[n..end]);
            directions.Add(vector is null || (vector.Length > 3 && vector.AsSpan(0, 3).IndexOfAnyExcept(0.0) < 0) ? null : vector);
            n = end;
        }

        return directions.Count == count ? [.. directions] : throw fields.Damaged($"its NRRD header has {directions.Count} space directions for {count} dimensions");
    }

    /// <summary>A header without directions: the spacings lie along x, y and z; axes whose kind is a list or a vector have none.</summary>
    private static double[]?[] SpacingsOf(NrrdFields fields, string[] kinds, long[] sizes, int count)
    {
        var spacings = fields.Get("spacings") is { } text ? Array.ConvertAll(Words(text), s => fields.Real("spacings", s)) : null;
        if (spacings is not null && spacings.Length != count)
        {
            throw fields.Damaged($"its NRRD header has {spacings.Length} spacings for {count} dimensions");
        }

        var isSpatial = Enumerable.Range(0, count).Select(axis => kinds[axis] is "domain" or "space" or "none" or "???" && !(spacings is not null && double.IsNaN(spacings[axis]))).ToArray();
        if (isSpatial.Count(s => s) > 3)
        {
            // Nothing says which of four equal axes is the list. The file formats that came before put the components of a voxel together.
            var list = Array.FindIndex(kinds, k => k is "none" or "???");
            isSpatial[list < 0 ? Array.FindIndex(sizes, s => s > 1) is var first and >= 0 ? first : 0 : list] = false;
        }

        var directions = new double[]?[count];
        for (int axis = 0, direction = 0; axis < count; axis++)
        {
            if (isSpatial[axis] && direction < 3)
            {
                directions[axis] = new double[3];
                directions[axis]![direction++] = spacings?[axis] ?? 1;
            }
        }

        return directions;
    }

    /// <summary>"(1,0,0)"; null for "none" and for a vector of which nothing is a number.</summary>
    private static double[]? VectorOf(NrrdFields fields, string field, string text)
    {
        if (string.Equals(text, "none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!text.StartsWith('(') || !text.EndsWith(')'))
        {
            throw fields.Damaged($"'{NrrdFields.Shorten(text)}' in '{field}' is no vector such as (1,0,0)");
        }

        var parts = Array.ConvertAll(text[1..^1].Split(','), p => fields.Real(field, p.Trim()));
        return parts.Length is < 2 or > 4 ? throw fields.Damaged($"'{NrrdFields.Shorten(text)}' in '{field}' has {parts.Length} parts; 2 to 4 are possible")
            : Array.TrueForAll(parts, double.IsNaN) ? null : parts;
    }
}
