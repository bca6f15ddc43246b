using System.Formats.Tar;
using System.IO.Compression;

namespace LabelServer.Sessions;

/// <summary>Unpacks a ZIP or tar archive that a client sent. Nothing leaves the target folder, and an archive that grows without end is stopped.</summary>
internal sealed class SessionArchive(SessionOptions options)
{
    // Small archives may pack as well as they like: an empty segmentation does.
    private const long RatioMatters = 64L * 1024 * 1024;
    private const int BlockLength = 128 * 1024;

    /// <summary>Whether files of that name can be unpacked.</summary>
    public static bool IsKnown(string fileName) => IsZip(fileName) || IsTar(fileName) || IsPackedTar(fileName);

    /// <summary>Unpacks an archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="fileName">The client's name for it, which tells the kind.</param>
    /// <param name="folder">Where the files go; created.</param>
    /// <param name="cancellationToken">Stops the unpacking.</param>
    /// <exception cref="SessionArchiveException">The archive is damaged, too large, or holds names that lead outside.</exception>
    public async Task UnpackAsync(string path, string fileName, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BlockLength, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var budget = new Budget(fileName, options, file.Length);
        try
        {
            if (IsZip(fileName))
            {
                await UnpackZipAsync(file, folder, budget, cancellationToken);
            }
            else
            {
                await using var unpacked = IsPackedTar(fileName) ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : (Stream)file;
                await UnpackTarAsync(unpacked, folder, budget, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new SessionArchiveException($"The archive '{fileName}' is damaged: {exception.Message} Pack it again and send it again.", exception);
        }

        if (budget.Files == 0)
        {
            throw new SessionArchiveException($"The archive '{fileName}' holds no file.");
        }
    }

    private static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private static bool IsTar(string name) => name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    private static bool IsPackedTar(string name) => name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    private static async Task UnpackZipAsync(Stream file, string folder, Budget budget, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in archive.Entries)
        {
            // The upper half of the attributes is the Unix mode: 0xA000 marks a link.
            if (((entry.ExternalAttributes >> 16) & 0xF000) == 0xA000)
            {
                throw budget.Refuse($"the entry '{entry.FullName}' is a link");
            }

            if (entry.FullName.EndsWith('/'))
            {
                continue;
            }

            var target = Target(folder, entry.FullName, budget);
            await using var content = await entry.OpenAsync(cancellationToken);
            await WriteAsync(content, target, budget, cancellationToken);
        }
    }

    private static async Task UnpackTarAsync(Stream stream, string folder, Budget budget, CancellationToken cancellationToken)
    {
        await using var archive = new TarReader(stream, leaveOpen: true);
        while (await archive.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    var target = Target(folder, entry.Name, budget);
                    await WriteAsync(entry.DataStream ?? Stream.Null, target, budget, cancellationToken);
                    break;
                case TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw budget.Refuse($"the entry '{entry.Name}' is a link or a device");
            }
        }
    }

    private static string Target(string folder, string name, Budget budget)
    {
        budget.CountFile();
        var parts = name.Split('/', '\\').Where(p => p is not ("" or ".")).ToList();
        if (parts.Count == 0 || parts.Contains("..") || Path.IsPathRooted(name) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw budget.Refuse($"the entry '{name}' leads outside the archive");
        }

        var target = Path.GetFullPath(Path.Combine([folder, .. parts.Select(SessionFileNames.Safe)]));
        return target.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? target : throw budget.Refuse($"the entry '{name}' leads outside the archive");
    }

    private static async Task WriteAsync(Stream content, string target, Budget budget, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await using var file = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        var block = new byte[BlockLength];
        for (int count; (count = await content.ReadAsync(block, cancellationToken)) > 0;)
        {
            // Counted as it comes: sizes in an archive's directory may lie.
            budget.CountBytes(count);
            await file.WriteAsync(block.AsMemory(0, count), cancellationToken);
        }
    }

    /// <summary>Counts what has been unpacked.</summary>
    private sealed class Budget(string archive, SessionOptions options, long packed)
    {
        private long _bytes;

        public int Files { get; private set; }

        public void CountFile()
        {
            if (++Files > options.UnpackedFileLimit)
            {
                throw Refuse($"it holds more than {options.UnpackedFileLimit} files");
            }
        }

        public void CountBytes(int count)
        {
            _bytes += count;
            if (_bytes > options.UnpackedByteLimit)
            {
                throw Refuse($"it unpacks to more than {options.UnpackedByteLimit} bytes");
            }

            if (_bytes > RatioMatters && _bytes / options.UnpackedRatioLimit > packed)
            {
                throw Refuse($"it unpacks to more than {options.UnpackedRatioLimit} times its size");
            }
        }

        public SessionArchiveException Refuse(string reason) => new($"The archive '{archive}' was not unpacked: {reason}. Send an archive of the image files only.");
    }
}
