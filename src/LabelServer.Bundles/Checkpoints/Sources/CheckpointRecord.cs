namespace LabelServer.Bundles.Checkpoints.Sources;

/// <summary>A range of bytes that holds a storage or a description: part of the file as it is, or a compressed record of a zip archive. Safe to share between threads.</summary>
internal abstract class CheckpointRecord(long length)
{
    /// <summary>Its size in bytes, uncompressed.</summary>
    public long Length { get; } = length;

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> within the record on.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged.</exception>
    public abstract void Read(long offset, Span<byte> buffer);
}
