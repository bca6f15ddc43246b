namespace LabelServer.Datastore;

/// <summary>What the values of a model's label maps mean. The model catalogue answers; without one, nothing is known.</summary>
public interface IModelLabelMaps
{
    /// <summary>Value → name without background, or null when the model is not known.</summary>
    IReadOnlyDictionary<int, string>? FindLabelMap(string model);
}
