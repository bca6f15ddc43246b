namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Reads percentiles.</summary>
internal static class PercentileArgument
{
    public static double Read(TransformArguments arguments, string name)
    {
        var value = arguments.Require(name, ArgumentKinds.Real, 0);
        return Check(arguments, name, value);
    }

    public static double? ReadOptional(TransformArguments arguments, string name) =>
        arguments.Get(name, ArgumentKinds.OrNone(ArgumentKinds.Real), null) is { } value ? Check(arguments, name, value) : null;

    private static double Check(TransformArguments arguments, string name, double value)
    {
        if (value is >= 0 and <= 100)
        {
            return value;
        }

        arguments.Problem(name, "a percentile is 0 to 100");
        return 0;
    }
}
