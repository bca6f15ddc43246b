using Grpc.Core;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Hosting;
using LabelServer.Worker.Tests.Doubles;

namespace LabelServer.Worker.Tests.Calls;

public sealed class WorkerGrpcServiceTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Describe_WithoutToken_IsRefused()
    {
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) => throw new InvalidOperationException()));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await worker.Client.DescribeAsync(new DescribeRequest(), cancellationToken: Stop));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("another token")]
    public async Task Infer_WithWrongToken_IsRefusedBeforeTheBundleIsOpened(string token)
    {
        var runner = new ScriptedRunner((_, _, _) => throw new InvalidOperationException());
        await using var worker = await RunningWorker.StartAsync(runner);

        using var call = worker.Client.Infer(new Metadata { { TokenInterceptor.Key, token } }, cancellationToken: Stop);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Stop));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal(0, runner.Opened);
    }

    [Fact]
    public async Task Describe_WithToken_NamesThisProcess()
    {
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) => throw new InvalidOperationException()));

        var reply = await worker.Client.DescribeAsync(new DescribeRequest(), RunningWorker.Authorized, cancellationToken: Stop);

        Assert.Equal(Environment.ProcessId, reply.ProcessId);
        Assert.Contains(reply.Devices, d => d.Id == "cpu");
        Assert.Contains("CPUExecutionProvider", reply.OnnxProviders);
        Assert.True(reply.PeakResidentBytes > 0);
    }

    [Fact]
    public async Task Infer_AnyImage_ReachesTheRunnerByteForByte()
    {
        var image = new byte[5_000_000];
        new Random(3).NextBytes(image);
        byte[]? received = null;
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner(async (request, _, token) =>
        {
            using var copy = new MemoryStream();
            await request.Image!.CopyToAsync(copy, token);
            received = copy.ToArray();
            return ScriptedRunner.Result(new Volume<byte>(new VolumeGrid(new GridSize(2, 2, 2), Affine.Identity)));
        }));

        await worker.InferAsync(image, cancellationToken: Stop);

        Assert.Equal(image, received);
    }

    [Fact]
    public async Task Infer_LargeResult_ComesInChunksBelowOneMebibyteAndReadsBack()
    {
        var grid = new VolumeGrid(new GridSize(160, 150, 120), Affine.Scaling(1, 2, 3));
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) =>
        {
            var labels = new Volume<byte>(grid);
            labels[0, 1, 2, 3] = 2;
            return Task.FromResult(ScriptedRunner.Result(labels));
        }));

        var messages = await worker.InferAsync([1], cancellationToken: Stop);

        Assert.All(messages, m => Assert.True(m.CalculateSize() <= 1 << 20));
        var bytes = messages.Where(m => m.ContentCase == InferDownload.ContentOneofCase.Chunk).SelectMany(m => m.Chunk).ToArray();
        Assert.Equal(bytes.Length, messages[^1].End.Length);
        using var volume = Assert.IsType<Volume<byte>>(await VolumeReader.ReadAsync(new MemoryStream(bytes), "answer", cancellationToken: Stop));
        Assert.Equal(grid.Size, volume.Size);
        Assert.Equal(2, volume[0, 1, 2, 3]);
    }

    [Fact]
    public async Task Infer_LabelValues_RenumberVoxelsAndCentroids()
    {
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) =>
        {
            var labels = new Volume<byte>(new VolumeGrid(new GridSize(3, 1, 1), Affine.Identity));
            (labels[0, 0, 0, 0], labels[0, 1, 0, 0], labels[0, 2, 0, 0]) = (1, 6, 9);
            return Task.FromResult(ScriptedRunner.Result(labels));
        }));

        var messages = await worker.InferAsync([1], header => header.Parameters.LabelValues.Add(new Dictionary<int, int> { [1] = 4, [6] = 2 }), cancellationToken: Stop);

        var bytes = messages.Where(m => m.ContentCase == InferDownload.ContentOneofCase.Chunk).SelectMany(m => m.Chunk).ToArray();
        Assert.Equal([4, 2, 0], bytes[^3..]);
        var header = messages.Single(m => m.ContentCase == InferDownload.ContentOneofCase.Result).Result;
        Assert.Equal(4, Assert.Single(header.Centroids).Value);
    }

    [Fact]
    public async Task Infer_UploadCutOffInTheMiddle_FailsAsImageThatWasCutOff()
    {
        var started = new TaskCompletionSource();
        var seen = new TaskCompletionSource<Exception>();
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner(async (request, _, token) =>
        {
            started.SetResult();
            try
            {
                await request.Image!.CopyToAsync(Stream.Null, token);
            }
            catch (Exception error)
            {
                seen.SetResult(error);
                throw;
            }

            throw new InvalidOperationException("The whole image arrived.");
        }));

        using (var call = worker.Client.Infer(RunningWorker.Authorized, cancellationToken: Stop))
        {
            await call.RequestStream.WriteAsync(new InferUpload { Header = new InferHeader { ImageName = "scan", Parts = 1, Parameters = new InferParameters() } }, Stop);
            await call.RequestStream.WriteAsync(new InferUpload { Part = new PartStart { Name = "scan.nii.gz" } }, Stop);
            await started.Task.WaitAsync(Stop);
        }

        Assert.True(await seen.Task.WaitAsync(Stop) is IOException or OperationCanceledException);
    }

    [Fact]
    public async Task Infer_CallCancelled_CancelsTheRunnerAndFreesTheSlot()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner(async (_, _, token) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                cancelled.SetResult();
            }

            throw new InvalidOperationException();
        }));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var call = worker.InferAsync([1], cancellationToken: leaving.Token);
        await started.Task.WaitAsync(Stop);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        await cancelled.Task.WaitAsync(Stop);
        await worker.Client.AwaitIdleAsync(new AwaitIdleRequest(), RunningWorker.Authorized, cancellationToken: Stop);
        Assert.Equal(0, (await worker.Client.DescribeAsync(new DescribeRequest(), RunningWorker.Authorized, cancellationToken: Stop)).Running);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Infer_RunnerFails_TellsKindAndNamesTheImage(Exception thrown, string kind)
    {
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) => throw thrown));

        var error = await Assert.ThrowsAsync<RpcException>(() => worker.InferAsync([1], cancellationToken: Stop));

        Assert.Equal(kind, error.Trailers.GetValue("labelserver-kind"));
        Assert.Contains("scan 1", error.Status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<Exception, string> Failures() => new()
    {
        { new VolumeFormatException("It ends after 12 of 352 bytes."), "Image" },
        { new InferenceParameterException("sw_overlap is 2."), "Parameter" },
        { new ModelMissingException("No weights."), "Model" },
        { new InsufficientMemoryException("Array dimensions exceeded."), "Memory" },
        { new InvalidOperationException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes."), "Memory" },
        { new InvalidOperationException("Something else."), "Internal" },
    };

    [Fact]
    public async Task Infer_AfterAFailure_AnswersTheNextCall()
    {
        var calls = 0;
        await using var worker = await RunningWorker.StartAsync(new ScriptedRunner((_, _, _) => ++calls == 1
            ? throw new InsufficientMemoryException()
            : Task.FromResult(ScriptedRunner.Result(new Volume<byte>(new VolumeGrid(new GridSize(1, 1, 1), Affine.Identity))))));

        await Assert.ThrowsAsync<RpcException>(() => worker.InferAsync([1], cancellationToken: Stop));
        var messages = await worker.InferAsync([1], cancellationToken: Stop);

        Assert.Equal(InferDownload.ContentOneofCase.End, messages[^1].ContentCase);
    }
}
