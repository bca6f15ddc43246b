namespace LabelServer.Inference;

/// <summary>What an inference gives: the result JSON and the result file. Dispose it to free the file.</summary>
public sealed class InferenceAnswer : IAsyncDisposable
{
    private readonly Stream _result;

    /// <summary>Takes ownership of a complete, seekable result.</summary>
    /// <param name="summary">The result JSON.</param>
    /// <param name="result">The whole result file; seekable. Disposed with the answer.</param>
    /// <param name="extension">The file's extension with its dot, such as <c>.nrrd</c>.</param>
    public InferenceAnswer(InferenceSummary summary, Stream result, string extension)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentException.ThrowIfNullOrEmpty(extension);
        Summary = summary;
        _result = result;
        ResultExtension = extension;
        ResultLength = result.Length;
    }

    /// <summary>The result JSON.</summary>
    public InferenceSummary Summary { get; }

    /// <summary>The result file's extension with its dot.</summary>
    public string ResultExtension { get; }

    /// <summary>The result file's length in bytes.</summary>
    public long ResultLength { get; }

    /// <summary>The result file from its start. May be read several times, one after the other; do not dispose it, dispose the answer.</summary>
    public Stream OpenResult()
    {
        _result.Position = 0;
        return _result;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _result.DisposeAsync();
}
