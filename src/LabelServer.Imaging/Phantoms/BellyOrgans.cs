namespace LabelServer.Imaging.Phantoms;

/// <summary>Liver, spleen, stomach, kidneys, bladder and bowel.</summary>
internal sealed class BellyOrgans
{
    private readonly ChestOrgans _chest;
    private readonly Ellipsoid _liverRight;
    private readonly Ellipsoid _liverLeft;
    private readonly Ellipsoid _spleen;
    private readonly Ellipsoid _stomach;
    private readonly Ellipsoid _stomachEnd;
    private readonly Ellipsoid _bladder;
    private readonly Ellipsoid[] _kidneys;
    private readonly Ellipsoid[] _kidneySinuses;
    private readonly Ellipsoid[] _psoas;
    private readonly double _liverHounsfield;
    private readonly double _spleenHounsfield;
    private readonly double _cortex;
    private readonly double _medulla;
    private readonly double _stomachHounsfield;
    private readonly double _bladderHounsfield;
    private readonly double _gasFront;
    private readonly ValueNoise _shape;
    private readonly ValueNoise _bowel;
    private readonly ValueNoise _gas;

    public BellyOrgans(PhantomRandom random, double contrast, ChestOrgans chest)
    {
        _chest = chest;
        double liver = random.Around(1, 0.1), spleen = random.Around(1, 0.15), stomach = random.Around(1, 0.14), kidney = random.Around(1, 0.1);
        _liverRight = new(Place(random, 66, 2, 2, 6), new(66 * liver, 76 * liver, 68 * liver), Tilt(random, 0.06));
        _liverLeft = new(Place(random, 10, 40, 20, 6), new(64 * liver, 34 * liver, 28 * liver), Tilt(random, 0.06));
        _spleen = new(Place(random, -92, -36, 14, 6), new(28 * spleen, 42 * spleen, 42 * spleen), Tilt(random, 0.15));
        var (sx, sy, sz) = (random.Around(-54, 6), random.Around(30, 6), random.Around(10, 7));
        _stomach = new(new(sx, sy, sz), new(36 * stomach, 34 * stomach, 38 * stomach), Tilt(random, 0.1));
        _stomachEnd = new(new(sx + (36 * stomach), sy + 8, sz - (28 * stomach)), new(36 * stomach, 19 * stomach, 17 * stomach), Tilt(random, 0.1));
        _gasFront = sy + random.Between(12, 40);
        Point right = Place(random, 62, -47, -50, 5), left = Place(random, -62, -47, -40, 5);
        _kidneys = [new(right, new(25 * kidney, 23 * kidney, 47 * kidney), new(0, -0.1, 0.12)), new(left, new(25 * kidney, 23 * kidney, 47 * kidney), new(0, 0.1, -0.12))];
        _kidneySinuses = [new(right + new Point(-17 * kidney, 5, 0), new(15 * kidney, 9 * kidney, 17 * kidney)), new(left + new Point(17 * kidney, 5, 0), new(15 * kidney, 9 * kidney, 17 * kidney))];
        _psoas = [new(new(40, -50, -110), new(17, 18, 95)), new(new(-40, -50, -110), new(17, 18, 95))];
        var filled = random.Around(1, 0.2);
        _bladder = new(Place(random, 0, 26, -150, 5), new(34 * filled, 27 * filled, 25 * filled));
        _liverHounsfield = 55 + (contrast * random.Around(50, 12));
        _spleenHounsfield = 48 + (contrast * random.Around(72, 14));
        _cortex = 36 + (contrast * random.Around(130, 25));
        _medulla = 34 + (contrast * random.Around(75, 20));
        _stomachHounsfield = random.Between(8, 34);
        _bladderHounsfield = random.Between(0, 14);
        _shape = new ValueNoise((ulong)random.Between(0, 1e15), 30);
        _bowel = new ValueNoise((ulong)random.Between(0, 1e15), 21);
        _gas = new ValueNoise((ulong)random.Between(0, 1e15), 34);
    }

    /// <summary>What is at a place, or null for the fat between the organs.</summary>
    public Tissue? At(Point p)
    {
        if (p.Z > _chest.DiaphragmAt(p) - 3)
        {
            return null;
        }

        return KidneyAt(p, 0, PhantomLabel.KidneyRight) ?? KidneyAt(p, 1, PhantomLabel.KidneyLeft)
            ?? Solid(p, _spleen.Level(p), _spleenHounsfield, PhantomLabel.Spleen)
            ?? Solid(p, Math.Min(_liverRight.Level(p), _liverLeft.Level(p)), _liverHounsfield, PhantomLabel.Liver)
            ?? StomachAt(p)
            ?? BladderAt(p)
            ?? (p.Z < -30 && (_psoas[0].Contains(p) || _psoas[1].Contains(p)) ? new Tissue(56, Texture: 5) : BowelAt(p));
    }

    private static Point Place(PhantomRandom random, double x, double y, double z, double spread) => new(random.Around(x, spread), random.Around(y, spread), random.Around(z, spread));

    private static Point Tilt(PhantomRandom random, double spread) => new(random.Around(0, spread), random.Around(0, spread), random.Around(0, spread));

    /// <summary>An organ with an uneven surface and a fine texture.</summary>
    private Tissue? Solid(Point p, double level, double hounsfield, PhantomLabel label) =>
        level < 0.14 && level + (0.14 * _shape.At(p)) < 0 ? new Tissue(hounsfield, label, 6) : null;

    private Tissue? KidneyAt(Point p, int side, PhantomLabel label)
    {
        var level = _kidneys[side].Level(p);
        if (level >= 0.1 || level + (0.1 * _shape.At(p)) >= 0)
        {
            return null;
        }

        return _kidneySinuses[side].Contains(p) ? new(-70) : new(level > -0.42 ? _cortex : _medulla, label, 5);
    }

    private Tissue? StomachAt(Point p)
    {
        var level = Math.Min(_stomach.Level(p), _stomachEnd.Level(p));
        if (level >= 0.12 || level + (0.12 * _shape.At(p)) >= 0)
        {
            return null;
        }

        // Wall, content, and gas that rises to the front of a patient on his back.
        return new(level > -0.2 ? 55 : p.Y > _gasFront ? -940 : _stomachHounsfield, PhantomLabel.Stomach, 5);
    }

    private Tissue? BladderAt(Point p)
    {
        var level = _bladder.Level(p);
        return level >= 0 ? null : new(level > -0.16 ? 40 : _bladderHounsfield, PhantomLabel.UrinaryBladder);
    }

    private Tissue? BowelAt(Point p)
    {
        if (p.Z > 20 || p.Y < -40 || p.Z < -165)
        {
            return null;
        }

        var loop = Math.Abs(_bowel.At(p));
        return loop > 0.34 ? null
            : loop > 0.2 ? new(42, Texture: 6)
            : _gas.At(p) > 0.36 ? new(-780)
            : new(18, Texture: 14);
    }
}
