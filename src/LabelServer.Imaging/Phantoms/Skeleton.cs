namespace LabelServer.Imaging.Phantoms;

/// <summary>Spine, ribs, breastbone and pelvis: seen in the image, not in the label map.</summary>
internal sealed class Skeleton
{
    private readonly double _pitch;
    private readonly double _offset;
    private readonly double _spineY;
    private readonly double _ribSlope;
    private readonly double _ribDepth;
    private readonly double _cortex;
    private readonly double _marrow;
    private readonly Ellipsoid[] _wings;
    private readonly Ellipsoid[] _heads;
    private readonly Ellipsoid _sacrum;

    public Skeleton(PhantomRandom random, BodyWall wall)
    {
        _pitch = random.Between(25, 30);
        _offset = random.Between(0, 25);
        _spineY = -wall.HalfDepth + random.Around(44, 3);
        _ribSlope = random.Around(0.42, 0.08);
        _ribDepth = wall.RibDepth;
        _cortex = random.Around(620, 120);
        _marrow = random.Around(190, 50);
        var size = random.Around(1, 0.06);
        _wings = [Wing(1, size), Wing(-1, size)];
        _heads = [new(new(90, 2, -176), new(22 * size, 22 * size, 22 * size)), new(new(-90, 2, -176), new(22 * size, 22 * size, 22 * size))];
        _sacrum = new(new(0, _spineY - 2, -146), new(44 * size, 20, 48), new(0.12, 0, 0));
    }

    /// <summary>The bone, disc or spinal canal at a place, or null.</summary>
    public Tissue? At(Point p, double depth) => SpineAt(p) ?? (p.Z > 8 ? CageAt(p, depth) : p.Z < -70 ? PelvisAt(p) : null);

    private static Ellipsoid Wing(int side, double size) => new(new(side * 78, -22, -132), new(46 * size, 62 * size, 62 * size), new(0, side * 0.1, 0));

    private Tissue Bone(double level, double shell) =>
        level > shell ? new(_cortex, Texture: 80) : new(_marrow, Texture: 50);

    private Tissue? SpineAt(Point p)
    {
        // Hollow to the front in the chest, to the back in the loin.
        var y = p.Y - _spineY - (p.Z > 0 ? -p.Z * p.Z / 2600 : 6 * Math.Max(0, 1 - ((p.Z + 55) * (p.Z + 55) / 3600)));
        if (Math.Abs(p.X) > 40 || y is < -60 or > 30 || p.Z < -112)
        {
            return null;
        }

        var turn = (p.Z + _offset + 1000) / _pitch;
        var along = ((turn - Math.Floor(turn)) * 2) - 1;
        double u = p.X / 21, v = (y - 4) / 16;
        var body = (u * u) + (v * v);
        if (body < 1)
        {
            // The outer tenth of a turn on either side is disc.
            return Math.Abs(along) > 0.8 ? new(78, Texture: 8) : Bone(Math.Max(body, along * along * 1.4), 0.78);
        }

        double cx = p.X, cy = y + 21, canal = (cx * cx) + (cy * cy);
        return canal < 64 ? new(28)
            : canal < 190 && Math.Abs(along) < 0.62 ? Bone(1, 0)
            : Math.Abs(along) < 0.4 && Math.Abs(p.X) < 4 && y is > -48 and < -26 ? Bone(1, 0)
            : Math.Abs(along) < 0.3 && Math.Abs(p.X) < 34 && Math.Abs(y + 19) < 5 ? Bone(1, 0)
            : null;
    }

    private Tissue? CageAt(Point p, double depth)
    {
        var across = Math.Abs(depth - _ribDepth);
        if (across > 5)
        {
            return null;
        }

        // The breastbone, and ribs that fall to the front and end in cartilage before it.
        if (p.Y > 0 && Math.Abs(p.X) < 17)
        {
            return p.Z > 55 ? Bone(across / 5, 0.7) : null;
        }

        if (Math.Abs(p.X) < 20)
        {
            return null;
        }

        var turn = (p.Z + (_ribSlope * p.Y) + 1000) / _pitch;
        var along = Math.Abs(((turn - Math.Floor(turn)) * 2) - 1) * _pitch / 2;
        var level = (across * across / 20) + (along * along / 36);
        return level > 1 ? null : p.Y > 62 ? new(85) : Bone(level, 0.4);
    }

    private Tissue? PelvisAt(Point p)
    {
        var sacrum = _sacrum.Level(p);
        if (sacrum < 0)
        {
            return Bone(sacrum + 1, 0.8);
        }

        for (var side = 0; side < 2; side++)
        {
            var head = _heads[side].Level(p);
            if (head < 0)
            {
                return Bone(head + 1, 0.8);
            }

            var wing = _wings[side].Level(p);
            if (wing is < 0 and > -0.3 && (Math.Abs(p.X) > 80 || p.Y < -48) && p.Y < 34)
            {
                return Bone(wing is > -0.08 or < -0.22 ? 1 : 0, 0.5);
            }
        }

        return null;
    }
}
