namespace LabelServer.Imaging.Phantoms;

/// <summary>The outline of the body with skin, fat and muscle, and the table under it.</summary>
internal sealed class BodyWall
{
    private readonly double _fat;
    private readonly double _muscle;
    private readonly double _fatHounsfield;
    private readonly double _muscleHounsfield;
    private readonly bool _hasTable;
    private readonly ValueNoise _outline;
    private readonly Ellipsoid[] _backMuscles;

    public BodyWall(PhantomRandom random, bool hasTable)
    {
        _hasTable = hasTable;
        _fat = random.Between(7, 20);
        _muscle = random.Between(11, 15);
        HalfWidth = random.Between(142, 152) + (_fat * 0.8);
        HalfDepth = random.Between(96, 104) + (_fat * 0.8);
        _fatHounsfield = random.Around(-102, 8);
        _muscleHounsfield = random.Around(54, 7);
        _outline = new ValueNoise((ulong)random.Between(0, 1e15), 70);
        var back = HalfDepth - _fat;
        _backMuscles = [new(new(34, -back + 23, 0), new(27, 20, 900)), new(new(-34, -back + 23, 0), new(27, 20, 900))];
    }

    /// <summary>Half the body's width in mm.</summary>
    public double HalfWidth { get; }

    /// <summary>Half the body's depth in mm.</summary>
    public double HalfDepth { get; }

    /// <summary>How deep the ribs lie, in mm.</summary>
    public double RibDepth => _fat + (_muscle * 0.55);

    /// <summary>How far a place lies under the skin, roughly, in mm; negative outside.</summary>
    public double DepthAt(Point p)
    {
        // A waist, and a shape between an ellipse and a rounded rectangle.
        var waist = Math.Max(0, 1 - ((p.Z + 25) * (p.Z + 25) / 10000));
        var shrink = 1 - (0.07 * waist * waist);
        double u = p.X / (HalfWidth * shrink), v = p.Y / (HalfDepth * (1 - (0.03 * waist)));
        double u2 = u * u, v2 = v * v;
        var level = (0.5 * (u2 + v2)) + (0.5 * Math.Sqrt((u2 * u2) + (v2 * v2)));
        if (level > 1.3)
        {
            return -99;
        }

        // Deep inside, where nothing depends on the exact depth, the uneven skin need not be looked at.
        var depth = (1 - Math.Sqrt(level)) * HalfDepth;
        return depth is > 60 or < -8 ? depth : depth + (2.5 * _outline.At(p));
    }

    /// <summary>True within the chest or belly.</summary>
    public bool IsCavity(Point p, double depth) => depth > _fat + _muscle + Gluteal(p);

    /// <summary>Skin, fat and muscle; inside the cavity the fat between the organs.</summary>
    public Tissue At(Point p, double depth)
    {
        if (depth < 2)
        {
            return new(10);
        }

        var muscle = (depth > _fat && !IsCavity(p, depth)) || _backMuscles[0].Contains(p) || _backMuscles[1].Contains(p);
        return muscle
            ? new(_muscleHounsfield, Texture: 6)
            : new(_fatHounsfield, Texture: 8);
    }

    /// <summary>Air, or the table: a hollow board under the back.</summary>
    public Tissue OutsideAt(Point p)
    {
        if (!_hasTable)
        {
            return Tissue.Air;
        }

        var under = -HalfDepth - 3 - p.Y + (p.X * p.X / 900);
        return under is < 0 or > 12 || Math.Abs(p.X) > 150 ? Tissue.Air : new(under is < 2 or > 10 ? -250 : -930);
    }

    /// <summary>The seat's muscles make the wall thicker behind the pelvis.</summary>
    private static double Gluteal(Point p) => p.Y < 0 ? Math.Clamp((-100 - p.Z) * 0.35, 0, 14) : 0;
}
