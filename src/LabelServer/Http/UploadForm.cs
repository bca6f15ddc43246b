using LabelServer.Errors;

namespace LabelServer.Http;

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
    public static async Task<UploadForm> ReadAsync(HttpRequest request, string folder, CancellationToken cancellationToken)
    {
        var form = new UploadForm();
        try
        {
            await new UploadFormReader(form, folder).ReadAsync(request, cancellationToken);
            return form;
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
    }

    /// <summary>The text of a field, or null when it was not sent. Of a field that was sent twice the last one counts.</summary>
    public string? Text(string name) => _texts.GetValueOrDefault(name);

    /// <summary>The first file of a field, or null when none was sent.</summary>
    public UploadedFile? File(string name) => _files.Find(f => f.Field == name);

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

    internal void Add(UploadedFile file) => _files.Add(file);

    internal void ReplaceLast(UploadedFile file) => _files[^1] = file;
}
