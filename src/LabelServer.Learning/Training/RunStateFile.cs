using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>One file that holds a run: weights, mean weights, optimiser state and numbers. A safetensors file, so that other tools can look into it.</summary>
/// <remarks>
/// Written beside the old one, brought to the disk and then renamed over it: there is always a whole one. Format: https://huggingface.co/docs/safetensors — 8 bytes header length,
/// a JSON header, the values.
/// </remarks>
internal static class RunStateFile
{
    private const string NumbersKey = "run";
    private const int LargestHeader = 64 << 20;

    /// <summary>Writes the file, tensor by tensor: no copy of the whole run is made.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">The numbers.</param>
    /// <param name="tensors">The values by name; of any type and strides, written as float32 and row-major.</param>
    /// <param name="cancellationToken">Looked at before each tensor; the old file stays.</param>
    public static void Write(string path, RunState state, IReadOnlyDictionary<string, Tensor> tensors, CancellationToken cancellationToken)
    {
        var header = new Dictionary<string, object> { ["__metadata__"] = new Dictionary<string, string> { [NumbersKey] = JsonSerializer.Serialize(state) } };
        var at = 0L;
        foreach (var (name, values) in tensors)
        {
            var length = values.numel() * sizeof(float);
            header[name] = new { dtype = "F32", shape = new[] { values.numel() }, data_offsets = new[] { at, at + length } };
            at += length;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var temporary = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            Write(temporary, json, tensors.Values, cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            // Half a file would keep a full disk full.
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(string path, byte[] header, IEnumerable<Tensor> tensors, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var tensor in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            file.Write(tensor.detach().cpu().to(ScalarType.Float32).contiguous().bytes);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the file, or gives null when there is none.</summary>
    /// <exception cref="TrainingStateException">The file is damaged.</exception>
    public static async Task<(RunState State, IReadOnlyDictionary<string, float[]> Tensors)?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            await using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Options = FileOptions.Asynchronous });
            var length = new byte[8];
            await file.ReadExactlyAsync(length, cancellationToken);
            var count = BinaryPrimitives.ReadUInt64LittleEndian(length);
            if (count > LargestHeader || (long)count > file.Length)
            {
                throw new InvalidDataException($"its header claims {count} bytes");
            }

            var json = new byte[count];
            await file.ReadExactlyAsync(json, cancellationToken);
            using var header = JsonDocument.Parse(json);
            var state = header.RootElement.GetProperty("__metadata__").GetProperty(NumbersKey).GetString() is { } numbers
                ? JsonSerializer.Deserialize<RunState>(numbers)
                : null;
            var tensors = new Dictionary<string, float[]>(StringComparer.Ordinal);
            foreach (var entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
            {
                var offsets = entry.Value.GetProperty("data_offsets");
                var (from, to) = (offsets[0].GetInt64(), offsets[1].GetInt64());
                if (from < 0 || to < from || 8 + (long)count + to > file.Length)
                {
                    throw new InvalidDataException($"'{entry.Name}' lies outside the file");
                }

                var bytes = new byte[to - from];
                file.Position = 8 + (long)count + from;
                await file.ReadExactlyAsync(bytes, cancellationToken);
                tensors[entry.Name] = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            }

            return (state ?? throw new InvalidDataException("it holds no run"), tensors);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or EndOfStreamException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TrainingStateException($"The saved run '{Path.GetFileName(path)}' is damaged: {error.Message}. Remove it to begin anew.", error);
        }
    }
}
