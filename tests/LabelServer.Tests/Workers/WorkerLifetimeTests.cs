using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LabelServer.Imaging.Geometry;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using LabelServer.Workers;

namespace LabelServer.Tests.Workers;

public sealed partial class WorkerLifetimeTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServerKilled_InTheMiddleOfAnInference_EndsItsWorkerToo()
    {
        using var folder = new TemporaryFolder();
        var bundle = Path.Combine(folder.Path, "test_ct");
        SegmentationBundle.Write(bundle);
        var image = Path.Combine(folder.Path, "scan.nii.gz");
        await File.WriteAllBytesAsync(image, await TestImages.BallAsync(new GridSize(160, 160, 160)), Stop);
        var info = WorkerProgram.StartInfo(typeof(WorkerProgram).Assembly.Location);
        foreach (var argument in new[] { "infer", "--bundle", bundle, "--input", image, "--output", Path.Combine(folder.Path, "out.nii.gz"), "--precision", "float32", "--verbose" })
            info.ArgumentList.Add(argument);

        using var server = Process.Start(info)!;
        var worker = 0;
        while (worker == 0 && await server.StandardError.ReadLineAsync(Stop) is { } line)
            worker = ReadyLine().Match(line) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        Assert.NotEqual(0, worker);
        using var process = Process.GetProcessById(worker);

        server.Kill();

        await process.WaitForExitAsync(Stop);
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task Session_Disposed_EndsItsWorkerAndRemovesItsSocket()
    {
        var session = new WorkerSession();
        var worker = await session.Supervisor.GetAsync(Stop);

        await session.DisposeAsync();

        Assert.True(worker.Exited.IsCompleted);
    }

    [Fact]
    public async Task Worker_EndsWhileIdle_IsStartedAgainInTheBackground()
    {
        await using var session = new WorkerSession();
        await session.Supervisor.StartedAsync(Stop);
        var first = await session.Supervisor.GetAsync(Stop);

        first.Kill();
        await first.Exited.WaitAsync(Stop);
        var second = await session.Supervisor.GetAsync(Stop);

        Assert.NotEqual(first.Id, second.Id);
    }

    [GeneratedRegex(@"The worker (\d+) is ready")]
    private static partial Regex ReadyLine();
}
