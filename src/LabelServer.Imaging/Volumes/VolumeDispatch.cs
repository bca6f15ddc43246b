namespace LabelServer.Imaging.Volumes;

/// <summary>Calls a visitor with a volume's own number type.</summary>
public static class VolumeDispatch
{
    /// <summary>Lets the visitor see the volume with its number type.</summary>
    public static TResult Accept<TVisitor, TResult>(this Volume volume, TVisitor visitor, TResult? _ = default)
        where TVisitor : struct, IVolumeVisitor<TResult> => volume switch
        {
            Volume<byte> v => visitor.Visit(v),
            Volume<sbyte> v => visitor.Visit(v),
            Volume<ushort> v => visitor.Visit(v),
            Volume<short> v => visitor.Visit(v),
            Volume<uint> v => visitor.Visit(v),
            Volume<int> v => visitor.Visit(v),
            Volume<ulong> v => visitor.Visit(v),
            Volume<long> v => visitor.Visit(v),
            Volume<float> v => visitor.Visit(v),
            Volume<double> v => visitor.Visit(v),
            _ => throw new ArgumentException("Unknown volume type.", nameof(volume)),
        };
}
