using LabelServer.Inference;
using LabelServer.Models;

namespace LabelServer.CommandLine;

/// <summary>Finds the models that a command names.</summary>
internal static class ModelSelection
{
    /// <summary>The named models, or all when none is named; null, after a message, when a name is not known.</summary>
    public static IReadOnlyList<ModelDescription>? Select(ModelCatalog catalog, string[] names, TextWriter errors)
    {
        try
        {
            return names.Length == 0 ? catalog.Models : [.. names.Select(catalog.Require)];
        }
        catch (ModelUnknownException error)
        {
            errors.WriteLine(error.Message);
            return null;
        }
    }
}
