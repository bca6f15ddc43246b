using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LabelServer.Testing;

/// <summary>A plain reader of safetensors files for tests: an 8-byte header length, a JSON header, the values. Independent of the program's own reader on purpose.</summary>
public sealed class SafetensorsFile
{
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly Dictionary<string, (string Type, int[] Shape, int From, int To)> _entries = [];

    private SafetensorsFile(byte[] bytes)
    {
        _bytes = bytes;
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _start = 8 + length;
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        foreach (var entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            var offsets = entry.Value.GetProperty("data_offsets");
            _entries[entry.Name] = (
                entry.Value.GetProperty("dtype").GetString()!,
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32())],
                offsets[0].GetInt32(),
                offsets[1].GetInt32());
        }
    }

    /// <summary>The names of the tensors.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Reads a file whole.</summary>
    public static SafetensorsFile Read(string path) => new(File.ReadAllBytes(path));

    /// <summary>True when the tensor is there.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>The dtype as written: F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL.</summary>
    public string TypeOf(string name) => _entries[name].Type;

    /// <summary>The shape, slowest axis first.</summary>
    public int[] ShapeOf(string name) => _entries[name].Shape;

    /// <summary>The raw bytes.</summary>
    public ReadOnlySpan<byte> Bytes(string name) => _bytes.AsSpan(_start + _entries[name].From, _entries[name].To - _entries[name].From);

    /// <summary>The values as double, in row-major order (last axis fastest).</summary>
    public double[] Doubles(string name)
    {
        var bytes = Bytes(name);
        return _entries[name].Type switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            "F32" => Convert(MemoryMarshal.Cast<byte, float>(bytes), v => v),
            "F16" => Convert(MemoryMarshal.Cast<byte, Half>(bytes), v => (double)v),
            "BF16" => Convert(MemoryMarshal.Cast<byte, ushort>(bytes), v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
            "I64" => Convert(MemoryMarshal.Cast<byte, long>(bytes), v => v),
            "I32" => Convert(MemoryMarshal.Cast<byte, int>(bytes), v => v),
            "I16" => Convert(MemoryMarshal.Cast<byte, short>(bytes), v => v),
            "I8" => Convert(MemoryMarshal.Cast<byte, sbyte>(bytes), v => v),
            "U8" or "BOOL" => Convert(bytes, v => v),
            var type => throw new NotSupportedException(type),
        };
    }

    /// <summary>The values as float, in row-major order (last axis fastest).</summary>
    public float[] Floats(string name) => Array.ConvertAll(Doubles(name), v => (float)v);

    private static double[] Convert<T>(ReadOnlySpan<T> values, Func<T, double> convert)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = convert(values[i]);
        }

        return result;
    }
}
