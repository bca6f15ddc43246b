using System.Numerics;

namespace LabelServer.Imaging.Volumes;

/// <summary>Something to do with a volume whose number type is known only at run time. Structs, so that the work is compiled once for each number type.</summary>
/// <typeparam name="TResult">What it gives.</typeparam>
public interface IVolumeVisitor<out TResult>
{
    /// <summary>Does it for samples of type <typeparamref name="T"/>.</summary>
    TResult Visit<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>;
}
