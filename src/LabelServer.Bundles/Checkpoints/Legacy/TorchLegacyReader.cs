using System.Buffers.Binary;
using System.Numerics;
using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Legacy;

/// <summary>Reads what <c>torch.save</c> wrote before PyTorch 1.6: five pickles (magic number, protocol, machine, the object, the storage keys), then each storage as its number of samples and the samples.</summary>
/// <remarks>Source: PyTorch torch/serialization.py (_legacy_save, _legacy_load).</remarks>
internal static class TorchLegacyReader
{
    private const long ProtocolVersion = 1001;

    private static readonly BigInteger MagicNumber = new([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    /// <summary>True when the bytes start with the pickle of the magic number.</summary>
    public static bool IsMine(ReadOnlySpan<byte> start) => start.Length >= 14 && start[0] == 0x80 && start[2] == (byte)PickleOpcode.Long1 && start[3] == 10 && new BigInteger(start.Slice(4, 10)) == MagicNumber;

    public static CheckpointContent Read(CheckpointSource source, CheckpointReadOptions options, CancellationToken cancellation)
    {
        var end = Math.Min(source.Length, options.MaxDescriptionBytes);
        var input = new PickleInput(source, null, 0, end);
        var storages = new Dictionary<string, PickleStorage>(StringComparer.Ordinal);
        object? Next() => PickleReader.Read(input, new PickleGlobals(source, false), id => AddStorage(source, storages, id), options.MaxValues, cancellation);

        if (Next() is not BigInteger magic || magic != MagicNumber || Next() is not ProtocolVersion)
        {
            throw source.Broken("it does not start as a file of torch.save does");
        }

        if (Next() is not PickleDict machine || machine.Find("little_endian") is not true)
        {
            throw source.Broken("its weights are written big-endian; save it again on a little-endian machine");
        }

        var root = Next();
        if (Next() is not PickleList keys)
        {
            throw source.Broken("the list of its storages is damaged");
        }

        var records = ReadStorages(source, storages, keys, input.Position);
        return new CheckpointContent(CheckpointFormat.TorchLegacy, root, storage => records.GetValueOrDefault(storage.Key) ?? throw source.Broken($"the storage '{storage.Key}' is missing"));
    }

    // ('storage', type, key, device, number of samples, None or (key of the view, offset, number of samples))
    private static PickleStorage AddStorage(CheckpointSource source, Dictionary<string, PickleStorage> storages, object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleStorageType { Type: { } type }, string key, _, long and >= 0, ..] items })
        {
            // ('module', …) would carry the source code of a class; torch.save of a whole network writes it.
            throw id is PickleTuple { Items: ["module", ..] }
                ? new UnsafeCheckpointException(source.Name, "a whole network with its source code")
                : source.Broken("its pickle refers to a storage in an unknown way");
        }

        var count = (long)items[4]!;
        if (storages.TryGetValue(key, out var known) && (known.Type != type || known.Count != count))
        {
            throw source.Broken($"the storage '{key}' is described in two ways");
        }

        var whole = storages[key] = new PickleStorage(key, type, 0, count);
        if (items.Length <= 5 || items[5] is null)
        {
            return whole;
        }

        return items[5] is PickleTuple { Items: [_, long and >= 0, long and >= 0] view } && (long)view[1]! <= count - (long)view[2]!
            ? whole with { Offset = (long)view[1]!, Count = (long)view[2]! }
            : throw source.Broken($"a view of the storage '{key}' does not lie inside of it");
    }

    private static Dictionary<string, CheckpointRecord> ReadStorages(CheckpointSource source, Dictionary<string, PickleStorage> storages, PickleList keys, long position)
    {
        var records = new Dictionary<string, CheckpointRecord>(StringComparer.Ordinal);
        Span<byte> number = stackalloc byte[8];
        foreach (var item in keys.Items)
        {
            if (item is not string key || !storages.TryGetValue(key, out var storage))
            {
                throw source.Broken("its list of storages names one that nothing describes");
            }

            source.Read(position, number);
            position += number.Length;
            var size = storage.Type!.Value.Bytes();
            if (BinaryPrimitives.ReadInt64LittleEndian(number) != storage.Count || storage.Count > (source.Length - position) / size)
            {
                throw source.Broken($"the storage '{key}' should have {storage.Count} samples; the file is cut short or damaged");
            }

            if (!records.TryAdd(key, new PlainRecord(source, position, storage.Count * size)))
            {
                throw source.Broken($"its list of storages names '{key}' twice");
            }

            position += storage.Count * size;
        }

        return records;
    }
}
