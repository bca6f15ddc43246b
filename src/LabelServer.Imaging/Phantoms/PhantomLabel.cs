namespace LabelServer.Imaging.Phantoms;

/// <summary>The structures that a phantom's label map marks; the values are those of <see cref="CtPhantom.LabelNames"/>.</summary>
internal enum PhantomLabel : byte
{
    None,
    Spleen,
    KidneyRight,
    KidneyLeft,
    Liver,
    Stomach,
    Aorta,
    LungUpperLobeLeft,
    LungLowerLobeLeft,
    LungUpperLobeRight,
    LungLowerLobeRight,
    HeartMyocardium,
    UrinaryBladder,
}
