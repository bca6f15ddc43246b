using System.Numerics;
using LabelServer.Bundles.Checkpoints.Legacy;
using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Checkpoints.Safetensors;
using LabelServer.Bundles.Checkpoints.Sources;
using LabelServer.Bundles.Checkpoints.Zip;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Checkpoints;

/// <summary>A file of weights: named tensors and what plain values lie beside them. Read as data; no code in it is ever run.</summary>
/// <remarks>
/// <para>Formats: zip and legacy files of <c>torch.save</c>, TorchScript, safetensors; told by content. Only the description is read at once; a tensor's values are read when they are asked for, so the file stays open until
/// <see cref="Dispose"/>. Memory is bounded by <see cref="CheckpointReadOptions"/> and the file's size. Safe to share between threads.</para>
/// </remarks>
public sealed class Checkpoint : IDisposable
{
    private readonly CheckpointSource _source;
    private readonly Dictionary<string, CheckpointTensor> _byName;

    private Checkpoint(CheckpointSource source, CheckpointFormat format, string stateDictKey, IReadOnlyList<CheckpointTensor> tensors, IReadOnlyDictionary<string, ConfigValue> metadata)
    {
        _source = source;
        Format = format;
        StateDictKey = stateDictKey;
        Tensors = tensors;
        Metadata = metadata;
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>How the file is written.</summary>
    public CheckpointFormat Format { get; }

    /// <summary>Where in the file the state dict was found, keys joined by dots; empty when it is the file itself.</summary>
    /// <remarks>
    /// The rules, in this order: the key that was asked for; the top level, if a tensor lies there; the first of <c>model</c>, <c>state_dict</c>, <c>model_state_dict</c>, <c>network</c>, <c>net</c>, <c>module</c>, <c>weights</c>,
    /// <c>network_weights</c>, <c>model_state</c>, <c>ema</c>, <c>ema_state_dict</c> that holds tensors; the only other dictionary that does, optimisers and schedulers left aside. The same again inside of it, down to four levels.
    /// </remarks>
    public string StateDictKey { get; }

    /// <summary>The tensors in the order of the file.</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>Numbers, truth values and texts that lie beside the state dict (an epoch, a best metric), or the metadata of a safetensors file.</summary>
    public IReadOnlyDictionary<string, ConfigValue> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; its extension says nothing.</param>
    /// <param name="options">The default ones when null.</param>
    /// <param name="cancellation">Ends reading the description.</param>
    /// <exception cref="CheckpointFormatException">It is damaged, cut short or no file of weights.</exception>
    /// <exception cref="UnsafeCheckpointException">It asks for code.</exception>
    /// <exception cref="CheckpointContentException">It holds no state dict, or several.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static Checkpoint Read(string path, CheckpointReadOptions? options = null, CancellationToken cancellation = default) => Read(CheckpointSource.Open(path), options ?? CheckpointReadOptions.Default, cancellation);

    /// <summary>Reads a stream that can be positioned.</summary>
    /// <param name="stream">Must stay open as long as the checkpoint is used; closed with it unless <paramref name="leaveOpen"/>.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="options">The default ones when null.</param>
    /// <param name="leaveOpen">Leaves the stream open. Default false.</param>
    /// <param name="cancellation">Ends reading the description.</param>
    /// <exception cref="CheckpointException">As for a file.</exception>
    public static Checkpoint Read(Stream stream, string name = "checkpoint", CheckpointReadOptions? options = null, bool leaveOpen = false, CancellationToken cancellation = default) =>
        Read(CheckpointSource.Of(stream, name, leaveOpen), options ?? CheckpointReadOptions.Default, cancellation);

    /// <summary>The tensor of that name, or null when there is none.</summary>
    public CheckpointTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private static Checkpoint Read(CheckpointSource source, CheckpointReadOptions options, CancellationToken cancellation)
    {
        try
        {
            var start = new byte[(int)Math.Min(16, source.Length)];
            source.Read(0, start);
            if (start.AsSpan().StartsWith("PK\x03\x04"u8) || start.AsSpan().StartsWith("PK\x05\x06"u8))
            {
                return FromPickle(source, TorchZipReader.Read(source, options, cancellation), options);
            }

            if (TorchLegacyReader.IsMine(start))
            {
                return FromPickle(source, TorchLegacyReader.Read(source, options, cancellation), options);
            }

            if (SafetensorsReader.IsMine(start, source.Length))
            {
                var (tensors, metadata) = SafetensorsReader.Read(source, options);
                var prefix = options.RemovePrefixes ? CommonPrefix([.. tensors.Select(t => t.Name)]) : string.Empty;
                return new Checkpoint(source, CheckpointFormat.Safetensors, string.Empty, [.. tensors.Select(t => t.WithName(t.Name[prefix.Length..]))], metadata.ToDictionary(m => m.Key, ConfigValue (m) => new ConfigValue.Text(m.Value)));
            }

            throw source.Broken("it is neither a file of torch.save, nor TorchScript, nor safetensors");
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static Checkpoint FromPickle(CheckpointSource source, CheckpointContent content, CheckpointReadOptions options)
    {
        var (key, found) = new StateDictFinder(source, options).Find(content.Root);
        var prefix = options.RemovePrefixes ? CommonPrefix([.. found.Select(f => f.Key)]) : string.Empty;
        var records = new Dictionary<(string, CheckpointDataType?, long), CheckpointRecord>();
        var tensors = new List<CheckpointTensor>(found.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in found)
        {
            if (!names.Add(name))
            {
                throw source.Broken($"it names the tensor '{name}' twice");
            }

            var storage = tensor.Storage;
            if (!records.TryGetValue((storage.Key, storage.Type, storage.Count), out var record))
            {
                records[(storage.Key, storage.Type, storage.Count)] = record = content.OpenStorage(storage);
            }

            tensors.Add(new CheckpointTensor(name[prefix.Length..], tensor.Type, tensor.Shape, tensor.Strides, record, storage.Offset + tensor.Offset));
        }

        return new Checkpoint(source, content.Format, key, tensors, PlainValues(content.Root));
    }

    // 'module.' and '_orig_mod.' in any order, as long as every name starts with it.
    private static string CommonPrefix(string[] names)
    {
        var prefix = string.Empty;
        while (names.Length > 0)
        {
            var next = ((string[])["module.", "_orig_mod."]).FirstOrDefault(p => Array.TrueForAll(names, n => n.AsSpan(prefix.Length).StartsWith(p) && n.Length > prefix.Length + p.Length));
            if (next is null)
            {
                return prefix;
            }

            prefix += next;
        }

        return prefix;
    }

    private static Dictionary<string, ConfigValue> PlainValues(object? root)
    {
        var values = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var (key, value) in (root as PickleDict)?.Items ?? [])
        {
            ConfigValue? plain = value switch
            {
                bool truth => new ConfigValue.Boolean(truth),
                long whole => new ConfigValue.Integer(whole),
                BigInteger large => new ConfigValue.Real((double)large),
                double real => new ConfigValue.Real(real),
                string text => new ConfigValue.Text(text),
                _ => null,
            };
            if (key is string name && plain is not null)
            {
                values[name] = plain;
            }
        }

        return values;
    }
}
