namespace LabelServer.Imaging;

/// <summary>The base of everything that can go wrong with an image that came from outside. The message names the image, the value and the way out.</summary>
/// <remarks>
/// Taxonomy: <see cref="VolumeFormatException"/> the file is damaged or is no image; <see cref="VolumeUnsupportedException"/> the file is sound but holds something
/// that is not handled; <see cref="VolumeTooLargeException"/> reading it would pass a limit; <see cref="GeometryException"/> its place in space makes no sense or does
/// not fit. Wrong arguments inside the program are ordinary <see cref="ArgumentException"/>s, never this.
/// </remarks>
public abstract class ImagingException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected ImagingException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The bytes are not a readable image: wrong magic, truncated data, a header that contradicts itself.</summary>
public sealed class VolumeFormatException : ImagingException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public VolumeFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The image is sound, but holds something that is not handled, such as complex numbers or five dimensions.</summary>
public sealed class VolumeUnsupportedException : ImagingException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public VolumeUnsupportedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Reading the image would ask for more memory than the limit allows. Thrown before the memory is asked for.</summary>
public sealed class VolumeTooLargeException : ImagingException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public VolumeTooLargeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The image's place in space is not usable: NaN or a singular affine, or a grid that does not fit another.</summary>
public sealed class GeometryException : ImagingException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public GeometryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
