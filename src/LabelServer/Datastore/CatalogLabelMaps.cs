using LabelServer.Models;

namespace LabelServer.Datastore;

/// <summary>The label maps of the models that the server offers.</summary>
internal sealed class CatalogLabelMaps(ModelCatalog catalog) : IModelLabelMaps
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<int, string>? FindLabelMap(string model)
    {
        var found = catalog.Models.FirstOrDefault(m => m.Id == model);
        if (found is null)
        {
            return null;
        }

        var names = new Dictionary<int, string>();
        foreach (var (name, value) in found.Labels)
        {
            if (value != 0)
            {
                names[value] = name;
            }
        }

        return names;
    }
}
