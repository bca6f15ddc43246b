namespace LabelServer.Datastore;

/// <summary>Length in bytes and time of last change (UTC ticks) of a file: when both are the same, its content is taken to be the same.</summary>
internal readonly record struct FileStamp(long Length, long Ticks)
{
    /// <summary>The stamp of a file that exists.</summary>
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return new(file.Length, file.LastWriteTimeUtc.Ticks);
    }
}
