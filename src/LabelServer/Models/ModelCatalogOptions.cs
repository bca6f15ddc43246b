namespace LabelServer.Models;

/// <summary>Where bundles are looked for, and which of them the app offers.</summary>
public sealed record ModelCatalogOptions
{
    /// <summary>Folders that hold bundle folders, in order of precedence: a bundle of the same name in an earlier folder wins. Absent folders are skipped.</summary>
    public required IReadOnlyList<string> SearchFolders { get; init; }

    /// <summary>The names of the bundles to offer, in the order of <c>/info/</c>; empty offers every bundle found, by name. <c>all</c> means the same as empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The types that are offered when no names are given; empty for every type.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Whether no model is offered at all (<c>models none</c>): a server for review work, which starts no worker.</summary>
    public bool IsStoreOnly => Names is [var name] && name.Equals("none", StringComparison.OrdinalIgnoreCase);

    /// <summary>The bundle folders to offer whatever they are called and wherever they lie; for the command line, which is given one folder.</summary>
    public IReadOnlyList<string> BundleFolders { get; init; } = [];

    /// <summary>Reads <c>--conf models NAME[,NAME]</c> and <c>--conf models_dir DIR</c>.</summary>
    /// <param name="appFolder">The app's folder; its <c>model</c> folder is searched first.</param>
    /// <param name="contentRoot">The folder that holds <c>models</c>, searched after the app's.</param>
    /// <param name="models">The value of <c>models</c>, or null.</param>
    /// <param name="modelsDir">The value of <c>models_dir</c>, or null; if given it is searched in place of both.</param>
    public static ModelCatalogOptions FromConf(string appFolder, string contentRoot, string? models, string? modelsDir) => new()
    {
        SearchFolders = string.IsNullOrWhiteSpace(modelsDir) ? [Path.Combine(appFolder, "model"), Path.Combine(contentRoot, "models")] : [modelsDir],
        Names = (models ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };
}
