namespace LabelServer.Models;

/// <summary>A weights file of a bundle, there or not.</summary>
public sealed record ModelWeights
{
    /// <summary>The bare file name in the bundle's <c>models</c> folder: <c>model.pt</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Its absolute path.</summary>
    public required string FilePath { get; init; }

    /// <summary>Whether the file is there.</summary>
    public required bool IsPresent { get; init; }

    /// <summary>The value of <c>highres</c> that goes with these weights; null when the bundle has no such choice, or the file is an extra one.</summary>
    public bool? Highres { get; init; }

    /// <summary>Whether the bundle runs with these weights when the request names none; other files run only when they are named.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether <c>large_files.yml</c> says where to fetch it.</summary>
    public bool IsDownloadable { get; init; }
}
