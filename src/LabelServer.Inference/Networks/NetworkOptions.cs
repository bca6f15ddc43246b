namespace LabelServer.Inference.Networks;

/// <summary>How a network is to run.</summary>
/// <param name="Precision">Default: by measurement.</param>
/// <param name="Device">As PyTorch writes it: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>; <c>auto</c> or empty takes the first GPU if there is one, as does <c>cuda</c>, else the CPU.</param>
/// <param name="SpatialDims">2 or 3; used by whole networks, whose file does not say.</param>
/// <param name="Runtime">Default: whichever the files allow, the faster one where both can run them.</param>
/// <param name="Data">What the bundle's metadata say of the network's inputs and outputs; null when nothing.</param>
public sealed record NetworkOptions(
    NetworkPrecision Precision = NetworkPrecision.Auto,
    string Device = "auto",
    int SpatialDims = 3,
    NetworkRuntime Runtime = NetworkRuntime.Auto,
    NetworkDataFormat? Data = null);
