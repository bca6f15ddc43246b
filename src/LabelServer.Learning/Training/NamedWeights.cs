namespace LabelServer.Learning.Training;

/// <summary>A weight or buffer of a network.</summary>
/// <param name="Name">MONAI's key name.</param>
/// <param name="Shape">Its shape, slowest axis first.</param>
/// <param name="Values">Its values, row-major.</param>
public sealed record NamedWeights(string Name, IReadOnlyList<long> Shape, float[] Values);
