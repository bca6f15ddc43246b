using System.Buffers;
using System.Runtime.ExceptionServices;
using Google.Protobuf;
using Grpc.Core;
using LabelServer.Inference;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>The messages of one inference: the image goes up while progress and then the result come down.</summary>
internal sealed class InferExchange(WorkerProcess worker, InferenceJob job, InferHeader header, OrderedDictionary<string, int> labels, WorkerOptions options)
{
    // Below the size at which arrays go to the large object heap on the other side.
    private const int ChunkBytes = 64 << 10;
    private ExceptionDispatchInfo? _sourceFault;

    /// <summary>Runs the job to its answer.</summary>
    /// <exception cref="InferenceDispatchException">It failed in the worker, or the worker ended.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<InferenceAnswer> RunAsync(IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken) =>
        ExchangeAsync(stop => worker.Client.Infer(cancellationToken: stop), down => DownloadAsync(down, progress, cancellationToken), cancellationToken);

    /// <summary>Runs a measurement to its result.</summary>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public Task<MeasureResult> MeasureAsync(IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken) =>
        ExchangeAsync(stop => worker.Client.Measure(cancellationToken: stop), down => ReadMeasuredAsync(down, progress, cancellationToken), cancellationToken);

    private async Task<T> ExchangeAsync<T>(
        Func<CancellationToken, AsyncDuplexStreamingCall<InferUpload, InferDownload>> open, Func<IAsyncStreamReader<InferDownload>, Task<T>> download, CancellationToken cancellationToken)
    {
        // Cancels the one half when the other one fails.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = open(stop.Token);
        var upload = UploadAsync(call.RequestStream, stop);
        try
        {
            var answer = await download(call.ResponseStream);
            await ((Task)upload).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer;
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // When the source of the image failed, the call did so only because of that.
            _sourceFault?.Throw();
            throw await WorkerErrors.ToDispatchAsync(error, worker, job);
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)upload).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task UploadAsync(IClientStreamWriter<InferUpload> up, CancellationTokenSource stop)
    {
        await up.WriteAsync(new InferUpload { Header = header }, stop.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            foreach (var part in job.Parts)
            {
                await using var stream = await FromSourceAsync(() => part.OpenAsync(stop.Token), stop);
                var start = new PartStart { Name = part.Name };
                if (stream.CanSeek)
                    start.Length = stream.Length - stream.Position;
                await up.WriteAsync(new InferUpload { Part = start }, stop.Token);
                int read;
                while ((read = await FromSourceAsync(() => stream.ReadAsync(buffer, 0, ChunkBytes, stop.Token), stop)) > 0)
                    await up.WriteAsync(new InferUpload { Chunk = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)) }, stop.Token);
            }

            await up.CompleteAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The worker would wait for the rest of the image forever: the call is ended, and the source's own error is what the caller gets.
    private async Task<T> FromSourceAsync<T>(Func<Task<T>> ask, CancellationTokenSource stop)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            _sourceFault = ExceptionDispatchInfo.Capture(error);
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<MeasureResult> ReadMeasuredAsync(IAsyncStreamReader<InferDownload> down, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        while (await down.MoveNext(cancellationToken))
        {
            if (down.Current.Measured is { } measured)
                return measured;
            if (down.Current.Progress is { } step)
                progress?.Report(InferenceReplies.ToReport(step));
        }

        throw new InferenceFailedException($"The worker's answer for the image '{job.ImageName}' was cut off. Send the request again.");
    }

    private async Task<InferenceAnswer> DownloadAsync(IAsyncStreamReader<InferDownload> down, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        ResultHeader? result = null;
        ResultEnd? end = null;
        Stream? spool = null;
        try
        {
            while (end is null && await down.MoveNext(cancellationToken))
            {
                var message = down.Current;
                switch (message.ContentCase)
                {
                    case InferDownload.ContentOneofCase.Progress:
                        progress?.Report(InferenceReplies.ToReport(message.Progress));
                        break;
                    case InferDownload.ContentOneofCase.Result:
                        result = message.Result;
                        spool = ResultSpool.Create(options.SpoolFolder);
                        break;
                    case InferDownload.ContentOneofCase.Chunk when spool is not null:
                        await spool.WriteAsync(message.Chunk.Memory, cancellationToken);
                        break;
                    case InferDownload.ContentOneofCase.End:
                        end = message.End;
                        break;
                }
            }

            if (result is null || end is null || spool is null || spool.Length != end.Length)
                throw new InferenceFailedException($"The worker's answer for the image '{job.ImageName}' was cut off. Send the request again.");
            var answer = new InferenceAnswer(InferenceReplies.ToSummary(result, end, labels), spool, result.Extension);
            spool = null;
            return answer;
        }
        finally
        {
            if (spool is not null)
                await spool.DisposeAsync();
        }
    }
}
