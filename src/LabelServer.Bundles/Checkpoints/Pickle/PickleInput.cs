using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>Where the bytes of a pickle come from.</summary>
internal sealed class PickleInput(CheckpointSource source, CheckpointRecord? record, long start, long end)
{
    private readonly byte[] _buffer = new byte[4096];
    private int _at;
    private int _filled;

    /// <summary>The place of the next byte in the record or file.</summary>
    public long Position { get; private set; } = start;

    public CheckpointSource Source { get; } = source;

    public byte ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        Read(one);
        return one[0];
    }

    public void Read(Span<byte> to)
    {
        Require(to.Length);
        while (!to.IsEmpty)
        {
            if (_at == _filled)
            {
                Fill();
            }

            var count = Math.Min(to.Length, _filled - _at);
            _buffer.AsSpan(_at, count).CopyTo(to);
            _at += count;
            Position += count;
            to = to[count..];
        }
    }

    /// <summary>Reads bytes whose number the pickle claims; checked against what is left before memory is asked for.</summary>
    public byte[] ReadBytes(ulong count)
    {
        if (count > (ulong)(end - Position) || count > int.MaxValue)
        {
            throw Source.Broken($"its pickle claims a text of {count} bytes at byte {Position}, and {end - Position} are left");
        }

        var bytes = new byte[(int)count];
        Read(bytes);
        return bytes;
    }

    private void Require(int count)
    {
        if (count > end - Position)
        {
            throw Source.Broken("its pickle is cut short");
        }
    }

    private void Fill()
    {
        _filled = (int)Math.Min(_buffer.Length, end - Position);
        _at = 0;
        if (record is null)
        {
            Source.Read(Position, _buffer.AsSpan(0, _filled));
        }
        else
        {
            record.Read(Position, _buffer.AsSpan(0, _filled));
        }
    }
}
