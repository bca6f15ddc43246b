namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Reads spatial axes: 0, 1, 2 are i, j, k; negative ones count from the last.</summary>
internal static class AxisArgument
{
    public static IReadOnlyList<int> Read(TransformArguments arguments, string name, IReadOnlyList<int> fallback)
    {
        var axes = arguments.Get(name, ArgumentKinds.OrNull(ArgumentKinds.Integers), null) ?? fallback;
        if (axes.Any(a => a is < -3 or > 2))
        {
            arguments.Problem(name, "expected spatial axes 0, 1, 2 (or -1, -2, -3 from the last)");
            return fallback;
        }

        return [.. axes.Select(a => a < 0 ? a + 3 : a).Distinct()];
    }
}
