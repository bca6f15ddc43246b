namespace LabelServer.Inference.SlidingWindow;

/// <summary>A run of voxels along one axis that the same windows cover.</summary>
/// <param name="From">First voxel, in the padded image.</param>
/// <param name="To">One past the last voxel.</param>
/// <param name="FirstWindow">The first window over it.</param>
/// <param name="LastWindow">The last window over it; those between cover it too.</param>
internal readonly record struct WindowSegment(int From, int To, int FirstWindow, int LastWindow)
{
    /// <summary>Voxels.</summary>
    public int Length => To - From;

    /// <summary>Windows over it.</summary>
    public int WindowCount => LastWindow - FirstWindow + 1;
}
