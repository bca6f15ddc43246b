namespace LabelServer.Bundles.Checkpoints.Sources;

/// <summary>A record that lies in the file as it is.</summary>
/// <param name="source">The file.</param>
/// <param name="start">Where it starts.</param>
/// <param name="length">Its size.</param>
/// <param name="checksum">CRC-32 that it must have; null: not checked.</param>
internal sealed class PlainRecord(CheckpointSource source, long start, long length, uint? checksum = null) : CheckpointRecord(length)
{
    private const int BlockBytes = 1 << 16;

    private readonly Lock _lock = new();
    private bool _isChecked = checksum is null;

    public override void Read(long offset, Span<byte> buffer)
    {
        Check();
        if (offset < 0 || offset > Length - buffer.Length)
        {
            throw source.Broken($"a tensor reaches past the end of its record of {Length} bytes");
        }

        source.Read(start + offset, buffer);
    }

    private void Check()
    {
        lock (_lock)
        {
            if (_isChecked)
            {
                return;
            }

            var block = new byte[(int)Math.Min(BlockBytes, Length)];
            var crc = 0u;
            for (long at = 0; at < Length; at += block.Length)
            {
                var part = block.AsSpan(0, (int)Math.Min(block.Length, Length - at));
                source.Read(start + at, part);
                crc = Zip.Crc32.Append(crc, part);
            }

            if (crc != checksum)
            {
                throw source.Broken($"the record at byte {start} is damaged (its checksum is {crc:x8}, not {checksum:x8}); copy or download the file again");
            }

            _isChecked = true;
        }
    }
}
