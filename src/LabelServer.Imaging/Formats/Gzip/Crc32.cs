using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LabelServer.Imaging.Formats.Gzip;

/// <summary>The checksum of gzip, over blocks that are summed apart and joined.</summary>
/// <remarks>Source: RFC 1952, section 8 (polynomial 0xEDB88320, reflected). Eight bytes a step by eight tables ("slicing by 8", Kounavis and Berry 2005); joining by
/// multiplying with powers of x modulo the polynomial.</remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of a block.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        if (BitConverter.IsLittleEndian)
        {
            var t = Tables;
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words)
            {
                uint low = (uint)word ^ crc, high = (uint)(word >> 32);
                crc = t[7][(byte)low] ^ t[6][(byte)(low >> 8)] ^ t[5][(byte)(low >> 16)] ^ t[4][low >> 24]
                    ^ t[3][(byte)high] ^ t[2][(byte)(high >> 8)] ^ t[1][(byte)(high >> 16)] ^ t[0][high >> 24];
            }

            bytes = bytes[(words.Length * Unsafe.SizeOf<ulong>())..];
        }

        foreach (var b in bytes)
        {
            crc = (crc >> 8) ^ Tables[0][(byte)(crc ^ b)];
        }

        return ~crc;
    }

    /// <summary>The checksum of two blocks in a row, from the checksum of each and the length of the second.</summary>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        // first × x^(8·length) mod polynomial, by repeated squaring; the highest bit stands for x⁰ in this bit order.
        uint power = 1u << 23, factor = 1u << 31;
        for (var n = secondLength; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                factor = Multiply(factor, power);
            }

            power = Multiply(power, power);
        }

        return Multiply(first, factor) ^ second;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 1u << 31; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (var n = 0u; n < 256; n++)
            {
                if (table > 0)
                {
                    var previous = tables[table - 1][n];
                    tables[table][n] = (previous >> 8) ^ tables[0][(byte)previous];
                    continue;
                }

                var crc = n;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
                }

                tables[0][n] = crc;
            }
        }

        return tables;
    }
}
