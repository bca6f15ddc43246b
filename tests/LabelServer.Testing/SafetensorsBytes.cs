using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LabelServer.Testing;

/// <summary>Makes safetensors files of float32 tensors for tests.</summary>
public static class SafetensorsBytes
{
    /// <summary>The bytes of a file with these tensors; values are row-major.</summary>
    public static byte[] Of(IEnumerable<(string Name, int[] Shape, float[] Values)> tensors)
    {
        var header = new StringBuilder("{");
        using var data = new MemoryStream();
        foreach (var (name, shape, values) in tensors)
        {
            var from = data.Length;
            data.Write(MemoryMarshal.AsBytes<float>(values));
            header.Append(CultureInfo.InvariantCulture, $"{(header.Length > 1 ? "," : string.Empty)}\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{from},{data.Length}]}}");
        }

        var text = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data.ToArray()];
    }
}
