using LabelServer.Bundles.Config;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Ranges of several parameters, as MONAI writes them: for each a number r (meaning −r to r), a pair, or none (meaning it is not changed).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/spatial/array.py (RandAffineGrid._get_rand_param): the list may be shorter than there are axes.</remarks>
internal static class AxisRanges
{
    /// <summary>Draws one number for each range.</summary>
    public static double[] Draw(IReadOnlyList<ValueRange> ranges, Random random) => [.. ranges.Select(r => r.Draw(random))];

    /// <summary>Reads a list of ranges, a single number or none.</summary>
    public static IReadOnlyList<ValueRange> Read(TransformArguments arguments, string name)
    {
        var value = arguments.Get(name, ArgumentKinds.OrNull(ArgumentKinds.Any), null);
        IReadOnlyList<ConfigValue> entries = value switch
        {
            null or ConfigValue.Null => [],
            ConfigValue.List list => list.Items,
            _ => [value],
        };
        var ranges = new List<ValueRange>();
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case ConfigValue.Null:
                    ranges.Add(default);
                    break;
                case ConfigValue.List { Items.Count: 2 } pair when ArgumentKinds.Reals.TryParse(pair, out var ends):
                    ranges.Add(new(Math.Min(ends[0], ends[1]), Math.Max(ends[0], ends[1])));
                    break;
                case not ConfigValue.List when ArgumentKinds.Real.TryParse(entry, out var number):
                    ranges.Add(new(-Math.Abs(number), Math.Abs(number)));
                    break;
                default:
                    arguments.Problem(name, $"expected numbers or pairs of numbers, found {TransformArguments.Describe(entry)}");
                    break;
            }
        }

        return ranges;
    }
}
