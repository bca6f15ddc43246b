namespace LabelServer.Imaging.Phantoms;

/// <summary>Aorta, heart and lungs, and the diaphragm that they rest on.</summary>
internal sealed class ChestOrgans
{
    private readonly Tube _aorta;
    private readonly Tube _cava;
    private readonly Tube[] _iliacs;
    private readonly Ellipsoid _heart;
    private readonly Ellipsoid[] _chambers;
    private readonly Ellipsoid _lungRight;
    private readonly Ellipsoid _lungLeft;
    private readonly double _dome;
    private readonly double _domeRight;
    private readonly double _domeLeft;
    private readonly double _fissure;
    private readonly double _fissureSlope;
    private readonly double _arterial;
    private readonly double _venous;
    private readonly double _muscle;
    private readonly double _air;
    private readonly ValueNoise _shape;
    private readonly ValueNoise _vessels;

    public ChestOrgans(PhantomRandom random, double contrast)
    {
        double x = random.Around(-12, 4), y = random.Around(-34, 4), width = random.Between(9.5, 12.5), arch = random.Around(146, 8);
        _aorta = new Tube(
            width, new(x + 8, y + 2, -92), new(x + 2, y + 4, -40), new(x, y, 20), new(x - 10, y - 8, 80), new(x - 12, y - 6, arch - 26),
            new(x - 8, y + 4, arch - 6), new(x + 6, y + 24, arch), new(x + 20, y + 42, arch - 12), new(x + 22, y + 48, 102));
        _iliacs = [new(6.5, new(x + 8, y + 2, -92), new(36, y - 4, -126), new(62, y + 34, -178)), new(6.5, new(x + 8, y + 2, -92), new(-36, y - 4, -126), new(-62, y + 34, -178))];
        _cava = new Tube(width * 0.95, new(x + 34, y + 2, -96), new(x + 32, y + 6, -20), new(x + 36, y + 22, 40), new(x + 34, y + 34, 90));
        double size = random.Around(1, 0.09), hx = random.Around(-24, 6), hy = random.Around(27, 5), hz = random.Around(80, 5);
        Point tilt = new(random.Around(0.08, 0.08), random.Around(0.15, 0.1), random.Around(0.22, 0.1));
        _heart = new(new(hx, hy, hz), new(47 * size, 38 * size, 46 * size), tilt);
        _chambers =
        [
            new(new(hx - (17 * size), hy - (3 * size), hz - (5 * size)), new(19 * size, 18 * size, 28 * size), tilt),
            new(new(hx + (14 * size), hy + (13 * size), hz - (5 * size)), new(18 * size, 13 * size, 27 * size), tilt),
            new(new(hx + (6 * size), hy - (14 * size), hz + (20 * size)), new(28 * size, 15 * size, 15 * size), tilt),
        ];
        _lungRight = new(new(random.Around(73, 3), random.Around(-8, 4), random.Around(58, 4)), new(random.Around(63, 3), random.Around(82, 4), random.Around(126, 8)));
        _lungLeft = new(new(random.Around(-75, 3), random.Around(-8, 4), random.Around(58, 4)), new(random.Around(61, 3), random.Around(82, 4), random.Around(124, 8)));
        _dome = random.Around(40, 6);
        _domeRight = random.Around(24, 5);
        _domeLeft = random.Around(14, 5);
        _fissure = _dome + random.Around(58, 6);
        _fissureSlope = random.Around(0.75, 0.12);
        _arterial = 42 + (contrast * random.Around(170, 40));
        _venous = 40 + (contrast * random.Around(110, 30));
        _muscle = 48 + (contrast * random.Around(60, 12));
        _air = random.Around(-855, 25);
        _shape = new ValueNoise((ulong)random.Between(0, 1e15), 34);
        _vessels = new ValueNoise((ulong)random.Between(0, 1e15), 9);
    }

    /// <summary>The attenuation of venous blood.</summary>
    public double Venous => _venous;

    /// <summary>The height of the diaphragm, mm: a dome on either side.</summary>
    public double DiaphragmAt(Point p)
    {
        double right = Bump((p.X - 70) / 78, (p.Y + 5) / 88), left = Bump((p.X + 70) / 78, (p.Y + 5) / 88);
        return _dome + (_domeRight * right) + (_domeLeft * left) - (26 * Math.Max(0, ((p.X * p.X) / 16900) + (p.Y * p.Y / 8100) - 0.5));
    }

    /// <summary>What is at a place, or null.</summary>
    public Tissue? At(Point p)
    {
        if (_aorta.Contains(p))
        {
            return new(_arterial, PhantomLabel.Aorta);
        }

        if (_cava.Contains(p) || (p.Z < -80 && (_iliacs[0].Contains(p) || _iliacs[1].Contains(p))))
        {
            return new(_venous);
        }

        if (p.Z < 0)
        {
            return null;
        }

        var diaphragm = DiaphragmAt(p);
        return (p.Z > diaphragm - 8 ? HeartAt(p) : null) ?? (p.Z > diaphragm ? LungAt(p) : null)
            ?? (p.Z > diaphragm - 3 ? new Tissue(50, Texture: 5) : null);
    }

    private static double Bump(double u, double v) => Math.Max(0, 1 - (u * u) - (v * v));

    private Tissue? HeartAt(Point p)
    {
        var level = _heart.Level(p);
        if (level >= 0.2 || (level += 0.07 * _shape.At(p)) >= 0.12)
        {
            return null;
        }

        if (level >= 0)
        {
            // A coat of fat sets the heart apart.
            return new(-80);
        }

        if (_chambers[0].Contains(p))
        {
            return new(_arterial);
        }

        return _chambers[1].Contains(p) || _chambers[2].Contains(p) ? new(_venous + 10) : new(_muscle, PhantomLabel.HeartMyocardium, 7);
    }

    private Tissue? LungAt(Point p)
    {
        var isRight = p.X > 0;
        var level = (isRight ? _lungRight : _lungLeft).Level(p);
        if (level >= 0.06)
        {
            return null;
        }

        var uneven = _shape.At(p);
        if (level + (0.06 * uneven) >= 0)
        {
            return null;
        }

        // The oblique fissure falls from back to front: what lies before and above it is the upper lobe (on the right with the middle lobe).
        var above = p.Z - _fissure + (_fissureSlope * p.Y) + (5 * uneven);
        var label = isRight
            ? above > 0 ? PhantomLabel.LungUpperLobeRight : PhantomLabel.LungLowerLobeRight
            : above > 0 ? PhantomLabel.LungUpperLobeLeft : PhantomLabel.LungLowerLobeLeft;
        var vessel = Math.Max(0, _vessels.At(p) - 0.42);
        return new(Math.Abs(above) < 0.9 ? -560 : _air + (1500 * vessel), label, 30);
    }
}
