namespace LabelServer.Imaging.Formats;

/// <summary>Limits for reading a file that may be broken or hostile.</summary>
public sealed record VolumeReadOptions
{
    private const long EightGiB = 8L << 30;
    private readonly long _maxBytes = DefaultMaxBytes;

    /// <summary>The default of <see cref="MaxBytes"/>: 8 GiB, or three quarters of the memory that the process may use where that is less.</summary>
    public static long DefaultMaxBytes { get; } = Math.Min(EightGiB, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3);

    /// <summary>The options that hold when none are given.</summary>
    public static VolumeReadOptions Default { get; } = new();

    /// <summary>The most bytes that the samples may take in memory; at least 1. A header that claims more is refused before memory is asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public long MaxBytes
    {
        get => _maxBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxBytes = value;
        }
    }

    /// <summary>How many bytes the stream has from here on, for a stream that cannot tell it itself (such as a request body with a Content-Length); null when unknown.</summary>
    public long? StreamLength { get; init; }

    /// <summary>What messages begin with, such as "The label 'final' of the image 'spleen_3'"; null for "The image" and its name.</summary>
    public string? Subject { get; init; }
}
