using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LabelServer.Datastore.Disk;

/// <summary>What .NET does not offer on Windows: a rename that is on the disk when it returns, and hard links.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    private const int ReplaceExisting = 1;
    private const int WriteThrough = 8;

    /// <summary>Gives a file another name and waits until that is on the disk.</summary>
    /// <exception cref="IOException">Windows refused.</exception>
    public static void MoveWriteThrough(string from, string to)
    {
        if (!MoveFile(LongPath(from), LongPath(to), ReplaceExisting | WriteThrough))
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"Cannot move '{from}' to '{to}': {Marshal.GetPInvokeErrorMessage(error)}", unchecked((int)0x80070000) | error);
        }
    }

    /// <summary>Gives a file a second name; false where the disk has no hard links.</summary>
    public static bool TryLink(string existing, string added) => CreateHardLink(LongPath(added), LongPath(existing), 0);

    // Beyond 260 characters Windows wants the prefix, unless the machine is set up otherwise.
    private static string LongPath(string path) => path.StartsWith(@"\\", StringComparison.Ordinal) ? path : @"\\?\" + Path.GetFullPath(path);

    [LibraryImport("kernel32", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFile(string from, string to, int flags);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string added, string existing, nint security);
}
