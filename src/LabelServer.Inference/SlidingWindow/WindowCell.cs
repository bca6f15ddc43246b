namespace LabelServer.Inference.SlidingWindow;

/// <summary>A box of voxels that the same windows cover.</summary>
/// <param name="Number">Its number in the plan.</param>
/// <param name="X">Its run along x.</param>
/// <param name="Y">Its run along y.</param>
/// <param name="Z">Its run along z.</param>
internal readonly record struct WindowCell(int Number, WindowSegment X, WindowSegment Y, WindowSegment Z)
{
    /// <summary>Windows over it.</summary>
    public int WindowCount => X.WindowCount * Y.WindowCount * Z.WindowCount;

    /// <summary>Voxels.</summary>
    public long VoxelCount => (long)X.Length * Y.Length * Z.Length;
}
