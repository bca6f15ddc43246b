using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A network that was built, and what is known of it.</summary>
/// <param name="Module">The module, with initial weights; the receiver disposes it.</param>
/// <param name="SpatialDims">2 or 3.</param>
/// <param name="InputChannels">Channels of the image.</param>
/// <param name="OutputChannels">Classes.</param>
public sealed record NetworkDescription(nn.Module<Tensor, Tensor> Module, int SpatialDims, int InputChannels, int OutputChannels);
