using System.IO.Compression;
using System.Text;

namespace LabelServer.Bundles.Tests.Checkpoints;

/// <summary>Makes zip archives with an independent writer.</summary>
internal static class ZipBytes
{
    /// <summary>An archive as <c>torch.save</c> makes it, around a pickle and storages.</summary>
    public static byte[] Torch(byte[] pickle, params (string Key, byte[] Bytes)[] storages) => Torch(pickle, CompressionLevel.NoCompression, storages);

    /// <summary>The same with its records compressed.</summary>
    public static byte[] Torch(byte[] pickle, CompressionLevel level, params (string Key, byte[] Bytes)[] storages) =>
        Of(level, [("archive/data.pkl", pickle), .. storages.Select(s => ("archive/data/" + s.Key, s.Bytes)), ("archive/version", "3\n"u8.ToArray())]);

    public static byte[] Of(CompressionLevel level, params (string Name, byte[] Bytes)[] records)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (name, bytes) in records)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }
}
