using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Phantoms;

/// <summary>How a phantom is scanned. What is not given is drawn from the seed.</summary>
public sealed record CtPhantomOptions
{
    /// <summary>The distance of voxels along i, j and k in mm, each 0.5 to 20; null draws one of the usual combinations from 1.5 to 5 mm.</summary>
    public (double I, double J, double K)? Spacing { get; init; }

    /// <summary>The directions in which i, j and k grow, three of the letters R L A P S I, one of each pair; null draws one of LPS, RAS, LAS, RPI.</summary>
    public string? Orientation { get; init; }

    /// <summary>How far the scan's axes are turned out of the body's about each of them, in degrees, at most 30; null draws up to 6 for every third phantom.</summary>
    public double? ObliqueDegrees { get; init; }

    /// <summary>The standard deviation of the noise in Hounsfield units, 0 to 200; null draws 6 to 14.</summary>
    public double? NoiseHounsfield { get; init; }

    /// <summary>Whether the patient lies on a table that is seen in the image; null draws it.</summary>
    public bool? HasTable { get; init; }

    /// <summary>The exact grid to scan on, in place of spacing, orientation and turn; null takes one that holds the whole body.</summary>
    public VolumeGrid? Grid { get; init; }
}
