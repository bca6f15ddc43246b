using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Rotations, shears and scalings about the image's centre, as MONAI composes them.</summary>
/// <remarks>Source: MONAI monai/transforms/utils.py (create_rotate, create_shear, create_scale, create_translate), in the order rotate, shear, translate, scale.</remarks>
internal static class CentredAffine
{
    /// <summary>Rotations in radians about the first, second and third axis, multiplied in this order; missing angles are 0.</summary>
    public static Affine Rotation(IReadOnlyList<double> angles)
    {
        var result = Affine.Identity;
        if (angles.Count > 0)
        {
            var (sin, cos) = Math.SinCos(angles[0]);
            result = new Affine(1, 0, 0, 0, 0, cos, -sin, 0, 0, sin, cos, 0);
        }

        if (angles.Count > 1)
        {
            var (sin, cos) = Math.SinCos(angles[1]);
            result *= new Affine(cos, 0, sin, 0, 0, 1, 0, 0, -sin, 0, cos, 0);
        }

        if (angles.Count > 2)
        {
            var (sin, cos) = Math.SinCos(angles[2]);
            result *= new Affine(cos, -sin, 0, 0, sin, cos, 0, 0, 0, 0, 1, 0);
        }

        return result;
    }

    /// <summary>Six shearing factors, two for each axis; missing ones are 0.</summary>
    /// <remarks>One shear for each axis, multiplied (first axis first), as MONAI 1.6 does: such a product never loses volume. Older versions put all factors into one matrix.</remarks>
    public static Affine Shear(IReadOnlyList<double> factors)
    {
        double At(int n) => n < factors.Count ? factors[n] : 0;
        var first = new Affine(1, At(0), At(1), 0, 0, 1, 0, 0, 0, 0, 1, 0);
        var second = new Affine(1, 0, 0, 0, At(2), 1, At(3), 0, 0, 0, 1, 0);
        var third = new Affine(1, 0, 0, 0, 0, 1, 0, 0, At(4), At(5), 1, 0);
        return third * second * first;
    }

    /// <summary>From an index of the new image to an index of the old one, when the matrix maps coordinates counted from the centres.</summary>
    public static Affine AboutCentres(Affine matrix, GridSize before, GridSize after) =>
        Affine.Translation((before.I - 1) / 2.0, (before.J - 1) / 2.0, (before.K - 1) / 2.0) * matrix *
        Affine.Translation(-(after.I - 1) / 2.0, -(after.J - 1) / 2.0, -(after.K - 1) / 2.0);
}
