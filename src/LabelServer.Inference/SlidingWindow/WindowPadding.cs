namespace LabelServer.Inference.SlidingWindow;

/// <summary>What is read outside an image that is smaller than the window, as <c>torch.nn.functional.pad</c> names it.</summary>
public enum WindowPadding
{
    /// <summary>A fixed value.</summary>
    Constant,

    /// <summary>The image mirrored at its edge voxel, which is not repeated; the image must be larger than the border.</summary>
    Reflect,

    /// <summary>The edge voxel.</summary>
    Replicate,

    /// <summary>The image again from its other side; the image must be at least as large as the border.</summary>
    Circular,
}
