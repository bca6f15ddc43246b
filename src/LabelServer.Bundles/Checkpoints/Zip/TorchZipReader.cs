using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Zip;

/// <summary>Reads zip files of <c>torch.save</c> and of TorchScript: <c>NAME/data.pkl</c> describes, <c>NAME/data/KEY</c> holds each storage.</summary>
/// <remarks>Source: https://pytorch.org/docs/stable/notes/serialization.html and torch/serialization.py (_save, _load).</remarks>
internal static class TorchZipReader
{
    private const string Description = "data.pkl";

    public static CheckpointContent Read(CheckpointSource source, CheckpointReadOptions options, CancellationToken cancellation)
    {
        var directory = ZipDirectory.Read(source, options);
        var root = FindRoot(source, directory);
        var isScript = directory.Contains(root + "constants.pkl") || directory.Entries.Any(e => e.Name.StartsWith(root + "code/", StringComparison.Ordinal));
        CheckByteOrder(source, directory, root);
        var record = directory.Open(root + Description);
        if (record.Length > options.MaxDescriptionBytes)
        {
            throw source.Broken($"its description has {record.Length} bytes; {options.MaxDescriptionBytes} are allowed");
        }

        var input = new PickleInput(source, record, 0, record.Length);
        var value = PickleReader.Read(input, new PickleGlobals(source, isScript), id => FindStorage(source, id), options.MaxValues, cancellation);
        return new CheckpointContent(isScript ? CheckpointFormat.TorchScript : CheckpointFormat.TorchZip, value, storage => OpenStorage(source, directory, root, storage));
    }

    private static string FindRoot(CheckpointSource source, ZipDirectory directory)
    {
        var names = directory.Entries.Select(e => e.Name).Where(n => n.EndsWith("/" + Description, StringComparison.Ordinal) && n.Count(c => c == '/') == 1).ToList();
        return names.Count == 1
            ? names[0][..^Description.Length]
            : throw source.Broken(names.Count == 0 ? "it is a zip archive without NAME/data.pkl, so it holds no weights" : "it is a zip archive with several data.pkl");
    }

    private static void CheckByteOrder(CheckpointSource source, ZipDirectory directory, string root)
    {
        if (!directory.Contains(root + "byteorder"))
        {
            return;
        }

        var record = directory.Open(root + "byteorder");
        var order = new byte[Math.Min(record.Length, 16)];
        record.Read(0, order);
        if (!order.AsSpan().SequenceEqual("little"u8))
        {
            throw source.Broken("its weights are written big-endian; save it again on a little-endian machine");
        }
    }

    // ('storage', type, key, device, number of samples)
    private static PickleStorage FindStorage(CheckpointSource source, object? id) =>
        id is PickleTuple { Items: ["storage", PickleStorageType type, string key, _, long and >= 0, ..] items }
            ? new PickleStorage(key, type.Type, 0, (long)items[4]!)
            : throw source.Broken("its pickle refers to a storage in an unknown way");

    private static CheckpointRecord OpenStorage(CheckpointSource source, ZipDirectory directory, string root, PickleStorage storage)
    {
        var record = directory.Open(root + "data/" + storage.Key);
        return record.Length / storage.Type!.Value.Bytes() >= storage.Count
            ? record
            : throw source.Broken($"the storage '{storage.Key}' claims {storage.Count} samples, and its record has {record.Length} bytes");
    }
}
