using System.Buffers.Binary;

namespace LabelServer.Bundles.Checkpoints.Zip;

/// <summary>The CRC-32 of zip archives (reflected polynomial 0xEDB88320), eight bytes at a time.</summary>
/// <remarks>Source: APPNOTE.TXT 4.4.7; slicing by 8 as in M. E. Kounavis, F. L. Berry, "A systematic approach to building high performance software-based CRC generators", 2005.</remarks>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of what <paramref name="crc"/> stands for followed by <paramref name="data"/>; start with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        while (data.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = Tables[7][low & 0xFF] ^ Tables[6][(low >> 8) & 0xFF] ^ Tables[5][(low >> 16) & 0xFF] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 0xFF] ^ Tables[2][(high >> 8) & 0xFF] ^ Tables[1][(high >> 16) & 0xFF] ^ Tables[0][high >> 24];
            data = data[8..];
        }

        foreach (var value in data)
        {
            crc = (crc >> 8) ^ Tables[0][(crc ^ value) & 0xFF];
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var t = 0; t < tables.Length; t++)
        {
            tables[t] = new uint[256];
            for (var i = 0; i < 256; i++)
            {
                if (t > 0)
                {
                    var previous = tables[t - 1][i];
                    tables[t][i] = (previous >> 8) ^ tables[0][previous & 0xFF];
                    continue;
                }

                var crc = (uint)i;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320u);
                }

                tables[t][i] = crc;
            }
        }

        return tables;
    }
}
