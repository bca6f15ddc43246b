namespace LabelServer.Inference.SlidingWindow;

/// <summary>How overlapping windows share a voxel.</summary>
public enum BlendMode
{
    /// <summary>Each window counts the same.</summary>
    Constant,

    /// <summary>A window counts less towards its edges, by a Gaussian around its centre.</summary>
    Gaussian,
}
