using System.CommandLine;
using LabelServer.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.CommandLine;

/// <summary>The options by which a command finds bundles.</summary>
internal sealed class CatalogOptions
{
    /// <summary><c>--app DIR</c>: the app whose own <c>model</c> folder is searched first.</summary>
    public Option<string> App { get; } = new("--app", "-a") { Description = "The app's folder; its own model folder is searched first.", DefaultValueFactory = _ => Path.Combine(ContentRoot.Folder, "apps", "monaibundle") };

    /// <summary><c>--models_dir DIR</c>: search there only.</summary>
    public Option<string?> ModelsDir { get; } = new("--models_dir") { Description = "Search for bundles in this folder only." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(App);
        command.Options.Add(ModelsDir);
    }

    /// <summary>What the options say.</summary>
    public ModelCatalogOptions Read(ParseResult result) => ModelCatalogOptions.FromConf(result.GetValue(App)!, ContentRoot.Folder, null, result.GetValue(ModelsDir));

    /// <summary>The catalog that the options describe.</summary>
    public ModelCatalog Open(ParseResult result) => new(Read(result), new DeviceDirectory(), NullLogger<ModelCatalog>.Instance);
}
