using System.CommandLine;
using LabelServer.Models;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models list</c>.</summary>
internal static class ModelsListCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var command = new Command("list", "Lists the bundles with their weights, labels and intended use.");
        catalog.AddTo(command);
        command.SetAction(result => Run(catalog.Open(result), result.InvocationConfiguration.Output));
        return command;
    }

    internal static int Run(ModelCatalog catalog, TextWriter output)
    {
        var models = catalog.Models;
        if (models.Count == 0)
        {
            output.WriteLine($"No bundles in {string.Join(" or ", catalog.SearchFolders)}.");
            return 0;
        }

        foreach (var model in models)
            Write(model, output);
        return 0;
    }

    private static void Write(ModelDescription model, TextWriter output)
    {
        output.WriteLine($"{model.Id} {model.Version}".TrimEnd());
        output.WriteLine($"  {model.Description}");
        output.WriteLine($"  type          {model.Type}, {model.Dimension}-D, {model.Labels.Count} labels");
        if (model.IntendedUse.Length > 0)
            output.WriteLine($"  intended use  {model.IntendedUse}");
        foreach (var weights in model.Weights)
        {
            var choice = weights.Highres is { } highres ? $" (highres {(highres ? "true" : "false")})" : string.Empty;
            output.WriteLine($"  weights       {weights.FileName}{choice}: {(weights.IsPresent ? "present" : "missing")}");
        }

        output.WriteLine($"  status        {model.Problem ?? model.Notice ?? "usable"}");
        output.WriteLine($"  folder        {model.Folder}");
    }
}
