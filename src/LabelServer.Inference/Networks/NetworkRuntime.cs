namespace LabelServer.Inference.Networks;

/// <summary>The library that computes a network.</summary>
public enum NetworkRuntime
{
    /// <summary>What the bundle's files allow; where both can run them, the one that was measured to be faster.</summary>
    Auto,

    /// <summary>TorchSharp, that is libtorch.</summary>
    Torch,

    /// <summary>ONNX Runtime.</summary>
    Onnx,
}
