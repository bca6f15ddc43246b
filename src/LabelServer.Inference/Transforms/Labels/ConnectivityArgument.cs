namespace LabelServer.Inference.Transforms.Labels;

/// <summary>Reads MONAI's <c>connectivity</c>: along how many axes neighbours may differ at once.</summary>
internal static class ConnectivityArgument
{
    public static int Read(TransformArguments arguments, int fallback, int largest)
    {
        var value = arguments.Get("connectivity", ArgumentKinds.OrNone(ArgumentKinds.Integer), null) ?? fallback;
        if (value >= 1 && value <= largest)
        {
            return value;
        }

        arguments.Problem("connectivity", $"expected 1 (faces) to {largest}");
        return fallback;
    }
}
