using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <content>Opcodes that push a number, a text or bytes.</content>
internal sealed partial class PickleReader
{
    private bool PushLiteral(PickleOpcode opcode)
    {
        object? value;
        switch (opcode)
        {
            case PickleOpcode.None:
                value = null;
                break;
            case PickleOpcode.NewTrue:
                value = true;
                break;
            case PickleOpcode.NewFalse:
                value = false;
                break;
            case PickleOpcode.BinInt:
                value = (long)ReadInt32();
                break;
            case PickleOpcode.BinInt1:
                value = (long)_input.ReadByte();
                break;
            case PickleOpcode.BinInt2:
                value = (long)ReadUInt16();
                break;
            case PickleOpcode.Int:
                var digits = ReadLine();
                value = digits switch { "00" => false, "01" => true, _ => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) };
                break;
            case PickleOpcode.Long:
                value = long.Parse(ReadLine().TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            case PickleOpcode.Long1:
                value = ReadLong(_input.ReadByte());
                break;
            case PickleOpcode.Long4:
                value = ReadLong((uint)ReadInt32());
                break;
            case PickleOpcode.Float:
                value = double.Parse(ReadLine(), NumberStyles.Float, CultureInfo.InvariantCulture);
                break;
            case PickleOpcode.BinFloat:
                Span<byte> real = stackalloc byte[8];
                _input.Read(real);
                value = BinaryPrimitives.ReadDoubleBigEndian(real);
                break;
            case PickleOpcode.BinUnicode:
                value = Text(_input.ReadBytes((uint)ReadInt32()));
                break;
            case PickleOpcode.ShortBinUnicode:
                value = Text(_input.ReadBytes(_input.ReadByte()));
                break;
            case PickleOpcode.BinUnicode8:
                value = Text(_input.ReadBytes((ulong)ReadInt64()));
                break;
            case PickleOpcode.ShortBinString:
                value = Encoding.Latin1.GetString(_input.ReadBytes(_input.ReadByte()));
                break;
            case PickleOpcode.BinString:
                value = Encoding.Latin1.GetString(_input.ReadBytes((uint)ReadInt32()));
                break;
            case PickleOpcode.ShortBinBytes:
                value = _input.ReadBytes(_input.ReadByte());
                break;
            case PickleOpcode.BinBytes:
                value = _input.ReadBytes((uint)ReadInt32());
                break;
            case PickleOpcode.BinBytes8:
                value = _input.ReadBytes((ulong)ReadInt64());
                break;
            default:
                return false;
        }

        _stack.Add(value);
        return true;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private string ReadLine()
    {
        const int MostCharacters = 1024;
        var bytes = new List<byte>();
        for (var c = _input.ReadByte(); c != '\n'; c = _input.ReadByte())
        {
            bytes.Add(c);
            if (bytes.Count > MostCharacters)
            {
                throw Broken($"has a line of more than {MostCharacters} characters");
            }
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }

    private object ReadLong(uint count)
    {
        if (count > MostLongBytes)
        {
            throw Broken($"has a whole number of {count} bytes");
        }

        var value = new BigInteger(_input.ReadBytes(count));
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            var whole = (long)value;
            return whole;
        }

        return value;
    }

    private int ReadInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        _input.Read(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        _input.Read(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[2];
        _input.Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }
}
