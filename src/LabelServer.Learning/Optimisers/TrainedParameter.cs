using static TorchSharp.torch;

namespace LabelServer.Learning.Optimisers;

/// <summary>A weight that an optimiser changes.</summary>
/// <param name="Name">Its key in the network's state, such as <c>convInit.conv.weight</c>.</param>
/// <param name="Value">The float32 weight; changed in place.</param>
public sealed record TrainedParameter(string Name, Tensor Value);
