using System.Buffers.Binary;
using System.Text.Json;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Safetensors;

/// <summary>Reads <c>.safetensors</c>: the length of a JSON header, the header, the tensors one after the other.</summary>
/// <remarks>Source: https://github.com/huggingface/safetensors#format. Kept to: offsets start at 0, leave no holes and do not overlap; names are unique.</remarks>
internal static class SafetensorsReader
{
    private const int LengthBytes = 8;

    /// <summary>True when the bytes look like the start of such a file.</summary>
    public static bool IsMine(ReadOnlySpan<byte> start, long fileBytes) =>
        start.Length > LengthBytes && start[LengthBytes] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)Math.Max(0, fileBytes - LengthBytes);

    public static (List<CheckpointTensor> Tensors, Dictionary<string, string> Metadata) Read(CheckpointSource source, CheckpointReadOptions options)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        source.Read(0, length);
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerBytes > (ulong)Math.Min(options.MaxDescriptionBytes, source.Length - LengthBytes))
        {
            throw source.Broken($"its header claims {headerBytes} bytes; the file has {source.Length}, and {options.MaxDescriptionBytes} are allowed");
        }

        var json = new byte[(int)headerBytes];
        source.Read(LengthBytes, json);
        try
        {
            using var header = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return ReadHeader(source, header.RootElement, LengthBytes + (long)headerBytes, options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw source.Broken("its header is damaged: " + e.Message.TrimEnd('.'), e);
        }
    }

    private static (List<CheckpointTensor> Tensors, Dictionary<string, string> Metadata) ReadHeader(CheckpointSource source, JsonElement header, long start, CheckpointReadOptions options)
    {
        var tensors = new List<CheckpointTensor>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var ranges = new List<(long From, long To)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in header.EnumerateObject())
        {
            if (!names.Add(entry.Name) || tensors.Count >= options.MaxValues)
            {
                throw source.Broken($"its header names '{entry.Name}' twice, or more than {options.MaxValues} tensors");
            }

            if (entry.Name == "__metadata__")
            {
                foreach (var item in entry.Value.EnumerateObject())
                {
                    metadata[item.Name] = item.Value.GetString() ?? string.Empty;
                }

                continue;
            }

            var (from, to) = (entry.Value.GetProperty("data_offsets")[0].GetInt64(), entry.Value.GetProperty("data_offsets")[1].GetInt64());
            ranges.Add((from, to));
            tensors.Add(ReadTensor(source, entry, start, from, to));
        }

        CheckRanges(source, ranges, source.Length - start);
        return (tensors, metadata);
    }

    private static CheckpointTensor ReadTensor(CheckpointSource source, JsonProperty entry, long start, long from, long to)
    {
        var code = entry.Value.GetProperty("dtype").GetString();
        CheckpointDataType type = code switch
        {
            "F32" => CheckpointDataType.Float32,
            "F64" => CheckpointDataType.Float64,
            "F16" => CheckpointDataType.Float16,
            "BF16" => CheckpointDataType.BFloat16,
            "U8" => CheckpointDataType.UInt8,
            "I8" => CheckpointDataType.Int8,
            "I16" => CheckpointDataType.Int16,
            "I32" => CheckpointDataType.Int32,
            "I64" => CheckpointDataType.Int64,
            "U16" => CheckpointDataType.UInt16,
            "U32" => CheckpointDataType.UInt32,
            "U64" => CheckpointDataType.UInt64,
            "BOOL" => CheckpointDataType.Boolean,
            "C64" => CheckpointDataType.Complex64,
            _ => throw source.Broken($"the tensor '{entry.Name}' has the unknown type '{code}'"),
        };
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())];
        Int128 bytes = type.Bytes();
        foreach (var size in shape)
        {
            bytes = size < 0 || bytes > long.MaxValue ? -1 : bytes * size;
        }

        if (from < 0 || to < from || to > source.Length - start || bytes != to - from || shape.Length > 64)
        {
            throw source.Broken($"the tensor '{entry.Name}' of shape [{string.Join(", ", shape)}] does not fit its place, bytes {from} to {to}");
        }

        var strides = new long[shape.Length];
        long step = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step = unchecked(step * shape[i]);
        }

        return new CheckpointTensor(entry.Name, type, shape, strides, new PlainRecord(source, start + from, to - from), 0);
    }

    private static void CheckRanges(CheckpointSource source, List<(long From, long To)> ranges, long bytes)
    {
        long at = 0;
        foreach (var (from, to) in ranges.Order())
        {
            if (from != at)
            {
                throw source.Broken($"its tensors overlap or leave a hole at byte {at}");
            }

            at = to;
        }

        if (at != bytes)
        {
            throw source.Broken($"its tensors take {at} bytes and the file holds {bytes}; it is cut short or has something behind");
        }
    }
}
