using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Phantoms;

/// <summary>A synthetic CT scan of a torso with its exact label map. Owns both volumes.</summary>
/// <remarks>
/// For demonstrations, tests and the demo model: the organs have the names, the rough places and the attenuations of real ones, nothing more. The same seed and options give
/// the same bits on every machine: only arithmetic, square roots and integer hashes are used, and no number depends on the order of threads.
/// </remarks>
public sealed class CtPhantom : IDisposable
{
    /// <summary>The usual voxel sizes of abdominal CT, coarse enough for small files.</summary>
    private static readonly (double, double, double)[] Spacings = [(1.5, 1.5, 1.5), (2, 2, 2), (1.5, 1.5, 3), (2, 2, 4), (2.5, 2.5, 5), (3, 3, 3)];
    private static readonly string[] Orientations = ["LPS", "RAS", "LAS", "RPI"];

    private CtPhantom(Volume<short> image, Volume<byte> label) => (Image, Label) = (image, label);

    /// <summary>The names of the label values, by value; 0 is the background. They are names of the wholeBody_ct_segmentation bundle; the right middle lobe counts as upper.</summary>
    public static IReadOnlyList<string> LabelNames { get; } =
    [
        "background",
        "spleen",
        "kidney_right",
        "kidney_left",
        "liver",
        "stomach",
        "aorta",
        "lung_upper_lobe_left",
        "lung_lower_lobe_left",
        "lung_upper_lobe_right",
        "lung_lower_lobe_right",
        "heart_myocardium",
        "urinary_bladder",
    ];

    /// <summary>The scan in Hounsfield units, -1024 to 3071.</summary>
    public Volume<short> Image { get; }

    /// <summary>The label map on the same grid.</summary>
    public Volume<byte> Label { get; }

    /// <summary>Makes the phantom of a seed.</summary>
    /// <param name="seed">Any number; each is another body.</param>
    /// <param name="options">How it is scanned; null draws everything from the seed.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static CtPhantom Generate(int seed, CtPhantomOptions? options = null)
    {
        options ??= new CtPhantomOptions();
        var random = new PhantomRandom(PhantomRandom.Mix((ulong)(uint)seed + 1));

        // Everything is drawn whether it is used or not, so that an option changes only what it names.
        var (spacing, orientation) = (random.Pick(Spacings), random.Pick(Orientations));
        var oblique = random.Chance(1.0 / 3) ? random.Around(0, 6) : 0;
        var (noise, hasTable) = (random.Between(6, 14), random.Chance(0.5));
        var noiseSeed = (ulong)random.Between(0, 1e15);
        noise = options.NoiseHounsfield ?? noise;
        if (noise is not (>= 0 and <= 200))
        {
            throw new ArgumentException($"The noise is {noise} HU; 0 to 200 is possible.", nameof(options));
        }

        var anatomy = new Anatomy(random, options.HasTable ?? hasTable);
        var grid = options.Grid ?? PhantomGrid.Around(anatomy.HalfExtent, options.Spacing ?? spacing, options.Orientation ?? orientation, options.ObliqueDegrees ?? oblique);
        var (image, label) = CtScanner.Scan(anatomy, grid, noise, noiseSeed);
        return new CtPhantom(image, label);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Image.Dispose();
        Label.Dispose();
    }
}
