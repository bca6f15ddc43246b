namespace LabelServer.Inference.Transforms;

/// <summary>One thing in a bundle's config that keeps a chain from being built.</summary>
/// <param name="Bundle">The bundle's name.</param>
/// <param name="Id">Where the component stands in the config, such as <c>preprocessing#transforms#3</c>.</param>
/// <param name="Target">The <c>_target_</c> as written.</param>
/// <param name="Argument">The argument, or null when the component itself is the problem.</param>
/// <param name="Reason">What is wrong and what would be right, with the value.</param>
public sealed record TransformProblem(string Bundle, string Id, string Target, string? Argument, string Reason)
{
    /// <summary>The problem as one line for people.</summary>
    public override string ToString() =>
        Argument is null ? $"{Bundle}: {Id} ({Target}): {Reason}" : $"{Bundle}: {Id} ({Target}), argument '{Argument}': {Reason}";
}
