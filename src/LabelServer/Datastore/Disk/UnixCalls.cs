using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LabelServer.Datastore.Disk;

/// <summary>What .NET does not offer on Linux and macOS: flushing a folder, and hard links.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixCalls
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;
    private const int NotSupportedOnLinux = 95;
    private const int NotSupportedOnMac = 45;

    /// <summary>Waits until the names in a folder are on the disk. Disks that cannot do it for folders (some network drives) are taken as they are.</summary>
    /// <exception cref="IOException">The disk reported a failure.</exception>
    public static void FlushFolder(string path)
    {
        var folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw Failure("open", path, Marshal.GetLastPInvokeError());
        }

        try
        {
            if (Flush(folder) != 0 && Marshal.GetLastPInvokeError() is var error and not (InvalidArgument or NotSupportedOnLinux or NotSupportedOnMac))
            {
                throw Failure("flush", path, error);
            }
        }
        finally
        {
            _ = Close(folder);
        }
    }

    /// <summary>Gives a file a second name; false where the disk has no hard links.</summary>
    public static bool TryLink(string existing, string added) => CreateLink(existing, added) == 0;

    // The error number is the HRESULT, as in .NET's own exceptions on Unix, so that a full disk is recognised by it.
    private static IOException Failure(string what, string path, int error) =>
        new($"Cannot {what} the folder '{path}': {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateLink(string existing, string added);
}
