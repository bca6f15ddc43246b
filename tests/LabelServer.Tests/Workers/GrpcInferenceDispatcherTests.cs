using System.Diagnostics;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference;
using LabelServer.Testing;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.Tests.Workers;

/// <summary>Whole inferences in a real worker process, with a network of random weights.</summary>
public sealed class GrpcInferenceDispatcherTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Infer_RotatedImage_AnswersALabelMapOnItsGrid()
    {
        await using var session = new WorkerSession();
        var affine = new Affine(0, -1.5, 0, 10, 1.2, 0, 0, -20, 0, 0, 2, 30);
        var image = await TestImages.BallAsync(new GridSize(30, 26, 20), affine);

        await using var answer = await session.Dispatcher.InferAsync(
            WorkerSession.Job(image) with { Parameters = new InferenceParameters { ResultExtension = ".nrrd" } }, null, Stop);

        Assert.Equal(".nrrd", answer.ResultExtension);
        Assert.Equal([new("liver", 1), new("spleen", 2)], answer.Summary.LabelNames);
        Assert.True(answer.Summary.Latencies.Total > 0);
        Assert.Contains("Spacingd", answer.Summary.Latencies.Transform.Pre.Keys);
        using var labels = Assert.IsType<Volume<byte>>(await VolumeReader.ReadAsync(answer.OpenResult(), "answer", cancellationToken: Stop));
        Assert.Equal(new GridSize(30, 26, 20), labels.Size);
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
                Assert.Equal(affine[row, column], labels.Grid.Affine[row, column], 1e-4);
        }

        Assert.All(labels.Samples.ToArray(), v => Assert.InRange(v, 0, 2));
        Assert.Equal(answer.Summary.Centroids.Keys, labels.Samples.ToArray().Where(v => v > 0).Distinct().Order().Select(v => $"label_{v}"));
    }

    [Fact]
    public async Task Infer_HighresOnAndOff_RunsTheTwoResolutions()
    {
        await using var session = new WorkerSession();
        var image = await TestImages.BallAsync(new GridSize(32, 32, 32));

        var fine = await ResultAsync(session, WorkerSession.Job(image) with { Parameters = new InferenceParameters { Highres = true, ModelFilename = "auto" } });
        var coarse = await ResultAsync(session, WorkerSession.Job(image) with { Parameters = new InferenceParameters { Highres = false, ModelFilename = "auto" } });
        var again = await ResultAsync(session, WorkerSession.Job(image) with { Parameters = new InferenceParameters { Highres = true } });

        Assert.Equal(fine, again);
        Assert.NotEqual(fine, coarse);
    }

    [Fact]
    public async Task Infer_HeaderAndVoxelsApart_EqualsTheSingleFile()
    {
        await using var session = new WorkerSession();
        var single = await TestImages.BallAsync(new GridSize(20, 20, 20), type: VolumeFileType.Nifti);
        var header = single[..348];
        "ni1\0"u8.CopyTo(header.AsSpan(344));
        BitConverter.TryWriteBytes(header.AsSpan(108), 0f);
        var pair = WorkerSession.Job(single) with
        {
            Parts =
            [
                new InferenceImagePart("scan.hdr", _ => Task.FromResult<Stream>(new MemoryStream(header))),
                new InferenceImagePart("scan.img", _ => Task.FromResult<Stream>(new MemoryStream(single[352..]))),
            ],
        };

        Assert.Equal(await ResultAsync(session, WorkerSession.Job(single)), await ResultAsync(session, pair));
    }

    [Fact]
    public async Task Infer_WorkerKilledMidway_SaysSoAndAnswersTheNextJob()
    {
        await using var session = new WorkerSession();
        var watch = new PhaseWatch(InferencePhase.Inferring);
        var job = session.Dispatcher.InferAsync(await WorkerSession.LongJobAsync(), watch, Stop);
        await watch.Reached.WaitAsync(Stop);

        using (var process = Process.GetProcessById(session.Supervisor.Running!.Id))
            process.Kill();

        var error = await Assert.ThrowsAsync<WorkerEndedException>(() => job);
        Assert.Contains("'scan 1.nii.gz'", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await ResultAsync(session, WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16)))));
    }

    [Fact]
    public async Task Infer_ClientGoesAway_LeavesAnIdleWorker()
    {
        await using var session = new WorkerSession(new WorkerOptions { CancelGrace = TimeSpan.FromSeconds(60) });
        var watch = new PhaseWatch(InferencePhase.Inferring);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var job = session.Dispatcher.InferAsync(await WorkerSession.LongJobAsync(), watch, leaving.Token);
        await watch.Reached.WaitAsync(Stop);
        var worker = session.Supervisor.Running!;

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job);
        await worker.Client.AwaitIdleAsync(new AwaitIdleRequest(), cancellationToken: Stop);
        Assert.NotEmpty(await ResultAsync(session, WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16)))));
        Assert.Same(worker, session.Supervisor.Running);
    }

    [Fact]
    public async Task Infer_WorkerDoesNotLetGoInTime_IsEndedAndTheNextJobRuns()
    {
        await using var session = new WorkerSession(new WorkerOptions { CancelGrace = TimeSpan.Zero });
        var watch = new PhaseWatch(InferencePhase.Inferring);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var job = session.Dispatcher.InferAsync(await WorkerSession.LongJobAsync(), watch, leaving.Token);
        await watch.Reached.WaitAsync(Stop);
        var worker = session.Supervisor.Running!;

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job);
        await worker.Exited.WaitAsync(Stop);
        Assert.NotEmpty(await ResultAsync(session, WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16)))));
    }

    [Fact]
    public async Task Infer_QueueFull_IsRefusedAtOnce()
    {
        await using var session = new WorkerSession(new WorkerOptions { QueueLength = 0 });
        var watch = new PhaseWatch(InferencePhase.Starting);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = session.Dispatcher.InferAsync(await WorkerSession.LongJobAsync(), watch, leaving.Token);
        await watch.Reached.WaitAsync(Stop);

        var error = await Assert.ThrowsAsync<InferenceQueueFullException>(async () => await session.Dispatcher.InferAsync(await WorkerSession.LongJobAsync(), null, Stop));

        Assert.True(error.RetryAfter > TimeSpan.Zero);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Infer_LongerThanItsTimeout_IsStopped()
    {
        await using var session = new WorkerSession();
        await session.Supervisor.GetAsync(Stop);
        var job = await WorkerSession.LongJobAsync();

        var error = await Assert.ThrowsAsync<InferenceTimedOutException>(() =>
            session.Dispatcher.InferAsync(job with { Parameters = job.Parameters with { Timeout = TimeSpan.FromMilliseconds(50) } }, null, Stop));

        Assert.Contains("'scan 1.nii.gz'", error.Message, StringComparison.Ordinal);
        Assert.Contains("0.05 s and was stopped while ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LastStep_SaysWhatWasBeingDone()
    {
        var step = new LastStep(null);
        Assert.Equal("it waited for its turn", step.Words);
        step.Report(new(InferencePhase.Inferring, 0.4, "window 12 of 90"));
        Assert.Equal("the network ran over it (window 12 of 90)", step.Words);
        step.Report(new(InferencePhase.Postprocessing, 0.9, string.Empty));
        Assert.Equal("its label map was brought back to the image's grid", step.Words);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public async Task Infer_TruncatedGzip_IsRefusedNamingTheImageAndTheNextJobRuns(double share)
    {
        await using var session = new WorkerSession();
        var image = await TestImages.BallAsync(new GridSize(24, 24, 24));

        var error = await Assert.ThrowsAsync<ImageRefusedException>(() => session.Dispatcher.InferAsync(WorkerSession.Job(image[..(int)(image.Length * share)]), null, Stop));

        Assert.Contains("scan 1.nii.gz", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await ResultAsync(session, WorkerSession.Job(image)));
    }

    [Fact]
    public async Task Infer_SourceOfTheImageFails_GivesItsOwnError()
    {
        await using var session = new WorkerSession();
        var job = WorkerSession.Job([]) with { Parts = [new InferenceImagePart("scan.nii.gz", _ => Task.FromException<Stream>(new FileNotFoundException("The disk is gone.")))] };

        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => session.Dispatcher.InferAsync(job, null, Stop));

        Assert.Equal("The disk is gone.", error.Message);
    }

    [Fact]
    public async Task Infer_WeightsThatLackAKey_AreTheModelsFault()
    {
        await using var session = new WorkerSession();
        SegmentationBundle.WriteWeights(Path.Combine(session.Bundle, "models", SegmentationBundle.FineWeights), 1, leaveOut: "conv_final.2.conv.weight");

        var error = await Assert.ThrowsAsync<ModelNotUsableException>(async () =>
            await session.Dispatcher.InferAsync(WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16))), null, Stop));

        Assert.Contains("conv_final.2.conv.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_WeightsReplaced_UsesTheNewOnesWithoutRestart()
    {
        await using var session = new WorkerSession();
        var job = WorkerSession.Job(await TestImages.BallAsync(new GridSize(24, 24, 24)));
        var before = await ResultAsync(session, job);
        var worker = session.Supervisor.Running;

        SegmentationBundle.WriteWeights(Path.Combine(session.Bundle, "models", SegmentationBundle.FineWeights), seed: 99);

        Assert.NotEqual(before, await ResultAsync(session, job));
        Assert.Same(worker, session.Supervisor.Running);
    }

    [Fact]
    public async Task Infer_WeightsMissing_SaysHowToGetThemWithoutAWorker()
    {
        await using var session = new WorkerSession();
        File.Delete(Path.Combine(session.Bundle, "models", SegmentationBundle.FineWeights));
        File.Delete(Path.Combine(session.Bundle, "models", SegmentationBundle.CoarseWeights));

        var error = await Assert.ThrowsAsync<ModelNotUsableException>(() => session.Dispatcher.InferAsync(WorkerSession.Job([1]), null, Stop));

        Assert.Contains(SegmentationBundle.FineWeights, error.Message, StringComparison.Ordinal);
        Assert.Null(session.Supervisor.Running);
    }

    [Theory]
    [MemberData(nameof(WrongParameters))]
    public async Task Infer_WrongParameter_IsRefusedNamingIt(InferenceParameters parameters, string name)
    {
        await using var session = new WorkerSession();

        var error = await Assert.ThrowsAsync<ParameterRefusedException>(() => session.Dispatcher.InferAsync(WorkerSession.Job([1]) with { Parameters = parameters }, null, Stop));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<InferenceParameters, string> WrongParameters() => new()
    {
        { new InferenceParameters { SwOverlap = 1 }, "sw_overlap" },
        { new InferenceParameters { SwOverlap = double.NaN }, "sw_overlap" },
        { new InferenceParameters { SwBatchSize = 0 }, "sw_batch_size" },
        { new InferenceParameters { RoiSize = [16, 16] }, "roi_size" },
        { new InferenceParameters { RoiSize = [16, 16, -1] }, "roi_size" },
        { new InferenceParameters { ResultExtension = ".png" }, "result_extension" },
        { new InferenceParameters { Device = "tpu" }, "device" },
        { new InferenceParameters { Timeout = TimeSpan.Zero }, "timeout" },
    };

    [Fact]
    public async Task Infer_ProgramMissing_NamesIt()
    {
        await using var session = new WorkerSession(new WorkerOptions { Program = Path.Combine(Path.GetTempPath(), "no-such-worker") });

        var error = await Assert.ThrowsAsync<WorkerUnavailableException>(async () =>
            await session.Dispatcher.InferAsync(WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16))), null, Stop));

        Assert.Contains("no-such-worker", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_ProgramThatEndsAtOnce_GivesItsLastWords()
    {
        // The server's own program, started without a command, explains itself and ends.
        await using var session = new WorkerSession(new WorkerOptions { Program = typeof(WorkerOptions).Assembly.Location });

        var error = await Assert.ThrowsAsync<WorkerUnavailableException>(async () =>
            await session.Dispatcher.InferAsync(WorkerSession.Job(await TestImages.BallAsync(new GridSize(16, 16, 16))), null, Stop));

        Assert.Contains("ended at its start (exit code 1)", error.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ResultAsync(WorkerSession session, InferenceJob job)
    {
        await using var answer = await session.Dispatcher.InferAsync(job with { Parameters = job.Parameters with { ResultExtension = ".nii", Precision = InferencePrecision.Float32 } }, null, Stop);
        using var bytes = new MemoryStream();
        await answer.OpenResult().CopyToAsync(bytes, Stop);
        return bytes.ToArray();
    }
}
