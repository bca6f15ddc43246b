namespace LabelServer.Bundles.Metadata;

/// <summary>A bundle's <c>metadata.json</c> or <c>large_files.yml</c> is missing or wrong. The message lists every problem, not only the first.</summary>
public sealed class MetadataException : BundleException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="file">The file, as it is shown to people.</param>
    /// <param name="problems">One sentence each; at least one.</param>
    public MetadataException(string file, IReadOnlyList<string> problems)
        : base($"{file}: {string.Join(" ", problems)}") => Problems = problems;

    /// <summary>One sentence for each problem.</summary>
    public IReadOnlyList<string> Problems { get; }
}
