namespace LabelServer.Imaging.Phantoms;

/// <summary>One body: a torso from the lungs to the bladder with sizes, places and attenuations drawn from a seed. Stylised, not medical: about two thirds of an adult's height.</summary>
/// <remarks>
/// The structures are asked for in order of priority (bones and vessels before organs, organs before bowel and fat), so that they never overlap. Attenuations are those of
/// textbooks: air -1000, lung -850, fat -100, water 0, soft tissue 30 to 70, bone 200 to 900, vessels with contrast up to 250 HU. Immutable and safe to share between threads.
/// </remarks>
internal sealed class Anatomy
{
    private readonly BodyWall _wall;
    private readonly Skeleton _skeleton;
    private readonly ChestOrgans _chest;
    private readonly BellyOrgans _belly;
    private readonly ValueNoise _texture;
    private readonly double _scaleX;
    private readonly double _scaleY;
    private readonly double _scaleZ;
    private readonly double _turnCos;
    private readonly double _turnSin;

    /// <summary>Draws a body.</summary>
    public Anatomy(PhantomRandom random, bool hasTable)
    {
        _scaleX = random.Around(1, 0.08);
        _scaleY = random.Around(1, 0.08);
        _scaleZ = random.Around(1, 0.06);

        // Nobody lies quite straight: up to 4 degrees about the long axis, as the tangent of half the angle.
        var t = random.Around(0, 0.035);
        (_turnCos, _turnSin) = ((1 - (t * t)) / (1 + (t * t)), 2 * t / (1 + (t * t)));
        var contrast = random.Pick(0.0, 0.6, 1.0);
        _wall = new BodyWall(random, hasTable);
        _skeleton = new Skeleton(random, _wall);
        _chest = new ChestOrgans(random, contrast);
        _belly = new BellyOrgans(random, contrast, _chest);
        _texture = new ValueNoise((ulong)random.Between(0, 1e15), 6);
    }

    /// <summary>Half the body's extent with a margin, in mm: to the sides, to front and back, and the part of its length that is scanned.</summary>
    public Point HalfExtent => new((_wall.HalfWidth * _scaleX) + 14, (_wall.HalfDepth * _scaleY) + 18, 186 * _scaleZ);

    /// <summary>The grain of tissue at a place, -1 to 1, which <see cref="Tissue.Texture"/> is multiplied with.</summary>
    public double GrainAt(Point world) => _texture.At(world);

    /// <summary>What is at a place, in RAS millimetres from the middle of the body.</summary>
    public Tissue At(Point world)
    {
        var p = new Point(
            ((world.X * _turnCos) + (world.Y * _turnSin)) / _scaleX,
            ((world.Y * _turnCos) - (world.X * _turnSin)) / _scaleY,
            world.Z / _scaleZ);
        var depth = _wall.DepthAt(p);
        if (depth < 0)
        {
            return _wall.OutsideAt(p);
        }

        return _skeleton.At(p, depth)
            ?? (_wall.IsCavity(p, depth) ? _chest.At(p) ?? _belly.At(p) : null)
            ?? _wall.At(p, depth);
    }
}
