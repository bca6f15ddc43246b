using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>Cuts one or several random parts out of a sample.</summary>
/// <remarks>
/// A loader chooses the boxes first and cuts them out of what it has stored, before anything is converted to float; <see cref="Apply"/> does the same to a sample that
/// is there in full, for a single box.
/// </remarks>
public abstract class CropTransform : ITransform
{
    /// <summary>Creates a crop.</summary>
    /// <param name="keys">The items that are cut.</param>
    /// <param name="count">Boxes for each sample (num_samples), at least 1.</param>
    protected CropTransform(TransformKeys keys, int count)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Keys = keys;
        Count = count;
    }

    /// <summary>The items that are cut.</summary>
    public TransformKeys Keys { get; }

    /// <summary>Boxes for each sample.</summary>
    public int Count { get; }

    /// <summary>The item whose labels decide where boxes lie, or null.</summary>
    public virtual string? LabelKey => null;

    /// <summary>The item whose intensities decide where boxes may lie, or null.</summary>
    public virtual string? ImageKey => null;

    /// <summary>Draws the boxes.</summary>
    /// <param name="size">The size of the sample.</param>
    /// <param name="label">The volume of <see cref="LabelKey"/>, or null when there is no such key.</param>
    /// <param name="image">The volume of <see cref="ImageKey"/>, or null when there is no such key.</param>
    /// <param name="random">The random source.</param>
    /// <exception cref="TransformException">There is no place for a box.</exception>
    public abstract IReadOnlyList<CropBox> Choose(GridSize size, Volume? label, Volume<float>? image, Random random);

    /// <inheritdoc/>
    /// <exception cref="TransformException">There is no place for a box, or the transform makes several samples.</exception>
    public void Apply(Sample sample, TransformContext context)
    {
        if (Count != 1)
        {
            throw new TransformException($"{GetType().Name} makes {Count} samples of one; here it must make one.");
        }

        var box = Choose(sample, context)[0];
        foreach (var (item, _) in Keys.In(sample))
        {
            item.Replace(box.Copy(item.GetVolume(context)));
        }
    }

    /// <summary>Draws the boxes for a sample that is there in full.</summary>
    public IReadOnlyList<CropBox> Choose(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var random = RandomTransform.RandomOf(context, GetType().Name);
        var first = Keys.In(sample)[0].Item;
        return Choose(
            first.Grid.Size,
            LabelKey is { } label ? sample[label].GetVolume(context) : null,
            ImageKey is { } image ? sample[image].GetFloat(context) : null,
            random);
    }

    /// <summary>MONAI's sizes: one number for all axes or one for each; where it is not positive the image's size counts.</summary>
    protected static GridSize Resolve(IReadOnlyList<int> size, GridSize image)
    {
        ArgumentNullException.ThrowIfNull(size);
        return new(Axis(0), Axis(1), Axis(2));

        int Axis(int axis)
        {
            var wanted = size.Count == 1 ? size[0] : axis < size.Count ? size[axis] : 0;
            return wanted > 0 ? wanted : image[axis];
        }
    }
}
