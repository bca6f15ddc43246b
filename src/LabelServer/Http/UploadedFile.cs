namespace LabelServer.Http;

/// <summary>A file part of a form, streamed to disk.</summary>
/// <param name="Field">The name of the form field.</param>
/// <param name="FileName">The base name that the client gave; may be empty, never holds <c>/</c> or <c>\</c>. Not safe as a name on this machine's disk.</param>
/// <param name="Path">Where the bytes lie. The form deletes this file when it is disposed; whoever wants to keep it moves it away before.</param>
/// <param name="Length">The number of bytes.</param>
public sealed record UploadedFile(string Field, string FileName, string Path, long Length)
{
    /// <summary>Opens the bytes for reading.</summary>
    public FileStream OpenRead() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
