using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Boxes anywhere in the image, or in its centre, of fixed or random size (MONAI's <c>RandSpatialCropd</c>, <c>RandSpatialCropSamplesd</c>).</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/transforms/croppad/array.py (RandSpatialCrop), monai/data/utils.py (get_random_patch). Golden: sampling/RandSpatialCropd_*.</remarks>
public sealed class RandSpatialCrop : CropTransform
{
    /// <summary>Creates the crop.</summary>
    /// <param name="keys">The items that are cut.</param>
    /// <param name="size">The size (roi_size), or the smallest size when it is random; not positive: the image's.</param>
    /// <param name="count">Boxes for each sample.</param>
    /// <param name="largestSize">The largest size when it is random (max_roi_size); null or not positive: the image's.</param>
    /// <param name="randomCentre">False: the centre of the image.</param>
    /// <param name="randomSize">Whether each axis has a random size.</param>
    public RandSpatialCrop(TransformKeys keys, IReadOnlyList<int> size, int count = 1, IReadOnlyList<int>? largestSize = null, bool randomCentre = true, bool randomSize = false)
        : base(keys, count)
    {
        ArgumentNullException.ThrowIfNull(size);
        Size = size;
        LargestSize = largestSize;
        RandomCentre = randomCentre;
        RandomSize = randomSize;
    }

    /// <summary>The (smallest) size as written.</summary>
    public IReadOnlyList<int> Size { get; }

    /// <summary>The largest size as written.</summary>
    public IReadOnlyList<int>? LargestSize { get; }

    /// <summary>Whether boxes lie anywhere.</summary>
    public bool RandomCentre { get; }

    /// <summary>Whether sizes are random.</summary>
    public bool RandomSize { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CropBox> Choose(GridSize size, Volume? label, Volume<float>? image, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return [.. Enumerable.Range(0, Count).Select(_ => Draw(size, random))];
    }

    internal static RandSpatialCrop Create(TransformArguments arguments) => Create(arguments, 1);

    internal static RandSpatialCrop CreateSamples(TransformArguments arguments) =>
        Create(arguments, Math.Max(1, arguments.Require("num_samples", ArgumentKinds.Integer, 1)));

    private static RandSpatialCrop Create(TransformArguments arguments, int count) => new(
        arguments.Keys,
        arguments.Require("roi_size", ArgumentKinds.Integers, [-1]),
        count,
        arguments.Get("max_roi_size", ArgumentKinds.OrNull(ArgumentKinds.Integers), null),
        arguments.Get("random_center", ArgumentKinds.Boolean, true),
        arguments.Get("random_size", ArgumentKinds.Boolean, false));

    private CropBox Draw(GridSize grid, Random random)
    {
        var smallest = Resolve(Size, grid);
        var largest = LargestSize is null ? grid : Resolve(LargestSize, grid);
        Span<int> start = stackalloc int[3];
        Span<int> length = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var wanted = smallest[axis];
            if (RandomSize)
            {
                if (wanted > largest[axis])
                {
                    throw new TransformException($"RandSpatialCrop: the smallest size {smallest} is larger than the largest, {largest}.");
                }

                wanted = random.Next(wanted, largest[axis] + 1);
            }

            length[axis] = Math.Min(wanted, grid[axis]);
            start[axis] = RandomCentre ? random.Next(0, grid[axis] - length[axis] + 1) : (grid[axis] / 2) - (length[axis] / 2);
        }

        return new(start[0], start[1], start[2], new GridSize(length[0], length[1], length[2]));
    }
}
