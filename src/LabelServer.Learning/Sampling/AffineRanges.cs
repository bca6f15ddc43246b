using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Learning.Sampling;

/// <summary>From what rotations, shears, shifts and scalings are drawn. A list may be shorter than there are axes.</summary>
/// <param name="Rotation">Radians about i, j and k (rotate_range).</param>
/// <param name="Shear">Up to six factors (shear_range).</param>
/// <param name="Translation">Voxels (translate_range).</param>
/// <param name="Scale">What is added to 1 (scale_range).</param>
public sealed record AffineRanges(
    IReadOnlyList<ValueRange> Rotation, IReadOnlyList<ValueRange> Shear, IReadOnlyList<ValueRange> Translation, IReadOnlyList<ValueRange> Scale)
{
    /// <summary>Draws one change.</summary>
    public AffineDraw Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(
            AxisRanges.Draw(Rotation, random),
            AxisRanges.Draw(Shear, random),
            AxisRanges.Draw(Translation, random),
            [.. AxisRanges.Draw(Scale, random).Select(s => s + 1)]);
    }

    internal static AffineRanges Read(TransformArguments arguments) => new(
        AxisRanges.Read(arguments, "rotate_range"),
        AxisRanges.Read(arguments, "shear_range"),
        AxisRanges.Read(arguments, "translate_range"),
        AxisRanges.Read(arguments, "scale_range"));
}

/// <summary>A drawn change.</summary>
/// <param name="Rotation">Radians about i, j and k.</param>
/// <param name="Shear">Factors.</param>
/// <param name="Translation">Voxels.</param>
/// <param name="Scale">Factors, 1 for no change.</param>
public sealed record AffineDraw(IReadOnlyList<double> Rotation, IReadOnlyList<double> Shear, IReadOnlyList<double> Translation, IReadOnlyList<double> Scale)
{
    /// <summary>From new to old coordinates, both in voxels counted from the centres.</summary>
    public Affine Matrix => CentredAffine.Rotation(Rotation) * CentredAffine.Shear(Shear)
        * Affine.Translation(At(Translation, 0, 0), At(Translation, 1, 0), At(Translation, 2, 0))
        * Affine.Scaling(At(Scale, 0, 1), At(Scale, 1, 1), At(Scale, 2, 1));

    /// <summary>From an index of the new image to one of the old image, about the centres of both.</summary>
    internal Affine About(GridSize before, GridSize after) => CentredAffine.AboutCentres(Matrix, before, after);

    private static double At(IReadOnlyList<double> values, int index, double missing) => index < values.Count ? values[index] : missing;
}
