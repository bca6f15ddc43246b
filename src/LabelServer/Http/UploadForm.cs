using LabelServer.Errors;

namespace LabelServer.Http;

/// <summary>Takes the bytes of one file part, to their end, while they arrive.</summary>
/// <param name="field">The name of the form field.</param>
/// <param name="fileName">The base name that the client gave; may be empty.</param>
/// <param name="content">The bytes.</param>
/// <param name="cancellationToken">Stops the reading.</param>
public delegate Task FilePartReceiver(string field, string fileName, Stream content, CancellationToken cancellationToken);

/// <summary>A form that was sent: text fields in memory, files on disk in a folder that the caller owns. Disposing deletes the files that are still there.</summary>
public sealed class UploadForm : IAsyncDisposable
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly List<UploadedFile> _files = [];

    /// <summary>All files, in the order in which they were sent.</summary>
    public IReadOnlyList<UploadedFile> Files => _files;

    /// <summary>The names of all text fields.</summary>
    public IReadOnlyCollection<string> TextNames => _texts.Keys;

    /// <summary>Reads the form of a request. No body, no content type and a body that is no form are an empty form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="folder">Where files go; created when it is missing. Choose the disk where they are to stay, so that moving them is a rename.</param>
    /// <param name="cancellationToken">Stops the reading; what was written is deleted.</param>
    /// <exception cref="BadRequestException">The body is broken, or ends before its closing boundary.</exception>
    /// <exception cref="PayloadTooLargeException">A text field, or their number, is larger than a form's may be.</exception>
    /// <exception cref="PackedBodyException">The body is packed.</exception>
    public static async Task<UploadForm> ReadAsync(HttpRequest request, string folder, CancellationToken cancellationToken)
    {
        var form = new UploadForm();
        try
        {
            await new UploadFormReader(form, (field, name, content, token) => form.StoreAsync(folder, field, name, content, token)).ReadAsync(request, cancellationToken);
            return form;
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the form of a request and gives each file to <paramref name="receive"/> as it arrives; <see cref="Files"/> stays empty. Text fields may arrive later than files.</summary>
    /// <inheritdoc cref="ReadAsync(HttpRequest, string, CancellationToken)"/>
    public static async Task<UploadForm> ReadAsync(HttpRequest request, FilePartReceiver receive, CancellationToken cancellationToken)
    {
        var form = new UploadForm();
        await new UploadFormReader(form, receive).ReadAsync(request, cancellationToken);
        return form;
    }

    /// <summary>The text of a field, or null when it was not sent. Of a field that was sent twice the last one counts.</summary>
    /// <exception cref="RequestValidationException">A file was sent in its place.</exception>
    public string? Text(string name)
    {
        if (_texts.TryGetValue(name, out var text))
            return text;
        return _files.Exists(f => f.Field == name) ? throw new RequestValidationException(new ValidationFault("string_type", ["body", name], "Input should be a valid string")) : null;
    }

    /// <summary>The file of a field, or null when none was sent. Of a field that was sent twice the last one counts.</summary>
    /// <exception cref="RequestValidationException">Text was sent in its place.</exception>
    public UploadedFile? File(string name)
    {
        if (_files.FindLast(f => f.Field == name) is { } file)
            return file;
        return _texts.GetValueOrDefault(name) is { Length: > 0 } text ? throw new RequestValidationException(ValidationFault.NotFile(name, text)) : null;
    }

    /// <summary>The file of a field that must be there.</summary>
    /// <exception cref="RequestValidationException">It is not.</exception>
    public UploadedFile RequiredFile(string name)
        => File(name) ?? throw new RequestValidationException(ValidationFault.Missing("body", name));

    /// <summary>All files of a field, at least one.</summary>
    /// <exception cref="RequestValidationException">There is none.</exception>
    public IReadOnlyList<UploadedFile> RequiredFiles(string name)
    {
        var files = _files.FindAll(f => f.Field == name);
        return files.Count > 0 ? files : throw new RequestValidationException(ValidationFault.Missing("body", name));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var file in _files)
            System.IO.File.Delete(file.Path);
        return ValueTask.CompletedTask;
    }

    internal void Add(string name, string text) => _texts[name] = text;

    private async Task StoreAsync(string folder, string field, string fileName, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.upload");

        // Listed before it is written, so that a failed upload leaves nothing behind.
        var at = _files.Count;
        _files.Add(new UploadedFile(field, fileName, path, 0));
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await content.CopyToAsync(file, 64 * 1024, cancellationToken);
        _files[at] = _files[at] with { Length = file.Position };
    }
}
