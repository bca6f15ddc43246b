namespace LabelServer.Bundles.Checkpoints.Zip;

/// <summary>A record of a zip archive, as its central directory lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">0: stored, 8: deflated.</param>
/// <param name="Checksum">CRC-32 of its content.</param>
/// <param name="CompressedBytes">Its size in the archive.</param>
/// <param name="Bytes">The size of its content.</param>
/// <param name="HeaderOffset">Where its local header starts.</param>
internal sealed record ZipEntry(string Name, int Method, uint Checksum, long CompressedBytes, long Bytes, long HeaderOffset);
