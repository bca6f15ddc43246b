namespace LabelServer.Imaging.Phantoms;

/// <summary>What is at a place of the body.</summary>
/// <param name="Hounsfield">The attenuation in Hounsfield units.</param>
/// <param name="Label">The structure, or none.</param>
/// <param name="Texture">How far the attenuation swings from place to place, in Hounsfield units.</param>
internal readonly record struct Tissue(double Hounsfield, PhantomLabel Label = PhantomLabel.None, double Texture = 0)
{
    /// <summary>Air around the body.</summary>
    public static Tissue Air { get; } = new(-1000);
}
