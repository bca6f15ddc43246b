namespace LabelServer.Workers;

/// <summary>Makes the temporary files that hold results on their way to the client: a result may be a gigabyte, and its length must be known before it is sent.</summary>
internal static class ResultSpool
{
    /// <summary>An empty file that is gone when the stream is closed.</summary>
    /// <param name="folder">Where to; null for the system's temporary folder.</param>
    public static Stream Create(string? folder)
    {
        folder ??= Path.GetTempPath();
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(folder, $"labelserver-{Guid.NewGuid():N}.result"), options);
    }
}
