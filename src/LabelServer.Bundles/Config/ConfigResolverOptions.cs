using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Config;

/// <summary>What a <see cref="ConfigResolver"/> knows about the place it works in.</summary>
public sealed record ConfigResolverOptions
{
    /// <summary>The bundle's name, for messages. Default <c>config</c>.</summary>
    public string BundleName { get; init; } = "config";

    /// <summary>The folder whose config files macros (<c>%file.json#id</c>) may read, the bundle's own. Default null: none.</summary>
    public string? Folder { get; init; }

    /// <summary>What expressions may learn about the world, and their bounds.</summary>
    public ExpressionOptions Expressions { get; init; } = ExpressionOptions.Default;
}
