using System.IO.Pipelines;
using Grpc.Core;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>Turns the messages of an upload into one readable stream per part, with a few megabytes of read-ahead and no more.</summary>
/// <remarks>The parts arrive one after the other: read a part to its end, or dispose its stream, before the next one.</remarks>
internal sealed class ImageUpload
{
    private static readonly PipeOptions ReadAhead = new(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, useSynchronizationContext: false);
    private readonly IAsyncStreamReader<InferUpload> _messages;
    private PartStart? _next;

    private ImageUpload(IAsyncStreamReader<InferUpload> messages, InferHeader header)
    {
        _messages = messages;
        Header = header;
    }

    /// <summary>What is to be done.</summary>
    public InferHeader Header { get; }

    /// <summary>Reads the first message.</summary>
    /// <exception cref="RpcException">The call does not begin with a header.</exception>
    public static async Task<ImageUpload> OpenAsync(IAsyncStreamReader<InferUpload> messages, CancellationToken cancellationToken)
    {
        if (!await messages.MoveNext(cancellationToken) || messages.Current.Header is not { } header)
            throw Broken("does not begin with a header");
        return new ImageUpload(messages, header);
    }

    /// <summary>Opens the next part. The task that fills it ends when the part does, or when <paramref name="cancellationToken"/> is cancelled.</summary>
    /// <exception cref="RpcException">There is no further part.</exception>
    public async Task<UploadedPart> NextPartAsync(CancellationToken cancellationToken)
    {
        var start = _next;
        _next = null;
        if (start is null)
        {
            if (!await _messages.MoveNext(cancellationToken) || _messages.Current.Part is not { } part)
                throw Broken("lacks a part of the image");
            start = part;
        }

        var pipe = new Pipe(ReadAhead);
        var filled = FillAsync(pipe.Writer, cancellationToken);
        return new UploadedPart(start.Name, start.HasLength ? start.Length : null, pipe.Reader.AsStream(), filled);
    }

    private static RpcException Broken(string what) => new(new Status(StatusCode.InvalidArgument, $"The upload {what}."));

    private async Task FillAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        var wanted = true;
        Exception? fault = null;
        try
        {
            while (await _messages.MoveNext(cancellationToken))
            {
                if (_messages.Current.Part is { } next)
                {
                    _next = next;
                    break;
                }

                if (wanted)
                    wanted = !(await writer.WriteAsync(_messages.Current.Chunk.Memory, cancellationToken)).IsCompleted;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException or IOException)
        {
            // The reader of the pipe is the one to tell: it stops with this error.
            fault = error is OperationCanceledException ? error : new IOException("The upload of the image was cut off.", error);
        }

        await writer.CompleteAsync(fault);
    }
}

/// <summary>One file of an uploaded image, as it arrives.</summary>
/// <param name="Name">Its bare name.</param>
/// <param name="Length">Its length in bytes, when the sender knows it.</param>
/// <param name="Content">Its bytes, read once.</param>
/// <param name="Filled">Ends when all its bytes have arrived or are not wanted any more; never fails.</param>
internal sealed record UploadedPart(string Name, long? Length, Stream Content, Task Filled) : IAsyncDisposable
{
    /// <summary>Gives up what was not read and waits for the part's end.</summary>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        await Filled;
    }
}
