namespace LabelServer.Errors;

/// <summary>Tells a full disk or a used-up quota from other failures to write.</summary>
public static class DiskFull
{
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int UnixNoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;

    /// <summary>Whether the failure says that there is no room left. On Unix the error number itself is the HRESULT of the exception.</summary>
    public static bool Is(IOException error) => error.HResult switch
    {
        WindowsHandleDiskFull or WindowsDiskFull => OperatingSystem.IsWindows(),
        UnixNoSpace => !OperatingSystem.IsWindows(),
        LinuxQuota => OperatingSystem.IsLinux(),
        MacQuota => OperatingSystem.IsMacOS(),
        _ => false,
    };
}
