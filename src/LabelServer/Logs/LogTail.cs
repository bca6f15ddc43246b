using System.Text;

namespace LabelServer.Logs;

/// <summary>The last lines of a file, without reading all of it.</summary>
internal static class LogTail
{
    /// <summary>The most that is read, in bytes, however many lines are asked for.</summary>
    public const int ByteLimit = 8 * 1024 * 1024;

    /// <summary>Reads at most <paramref name="lines"/> lines from the end. A first line that is cut by <see cref="ByteLimit"/> is left out.</summary>
    public static async Task<string> ReadAsync(string path, long lines, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        var start = Math.Max(0, file.Length - ByteLimit);
        file.Position = start;
        var bytes = new byte[file.Length - start];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Last(bytes.AsSpan(0, length), lines, cut: start > 0);
    }

    private static string Last(ReadOnlySpan<byte> bytes, long lines, bool cut)
    {
        var position = bytes.Length;
        if (position > 0 && bytes[position - 1] == '\n')
            position--;
        for (long count = 0; count < lines; count++)
        {
            var previous = bytes[..position].LastIndexOf((byte)'\n');
            if (previous < 0)
                return Encoding.UTF8.GetString(cut ? bytes[(bytes.IndexOf((byte)'\n') + 1)..] : bytes);
            position = previous;
        }

        return Encoding.UTF8.GetString(bytes[(position + 1)..]);
    }
}
