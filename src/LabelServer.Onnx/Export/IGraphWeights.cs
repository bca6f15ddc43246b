namespace LabelServer.Onnx.Export;

/// <summary>Where a graph's weights come from.</summary>
internal interface IGraphWeights
{
    /// <summary>The values of a tensor, row-major.</summary>
    /// <param name="name">Its key in the state dict.</param>
    /// <param name="shape">Its shape.</param>
    float[] Take(string name, params long[] shape);

    /// <summary>Says that a tensor may be there and is not needed.</summary>
    void Ignore(string name);
}
