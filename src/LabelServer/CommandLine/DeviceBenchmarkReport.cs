using System.Globalization;
using LabelServer.Worker.Contract;

namespace LabelServer.CommandLine;

/// <summary>The section of <c>labelserver doctor --benchmark</c>: speed of each device, runtime and precision, and how many voxels get the label of float32 on the CPU.</summary>
internal static class DeviceBenchmarkReport
{
    // The wholeBody network and its window.
    private static readonly BenchmarkRequest WholeBody = new() { Filters = 32, Classes = 105, Edge = 96 };

    /// <summary>Runs the benchmark in the worker and prints a line for each result as it comes. Gives the number of devices that could not be measured.</summary>
    public static async Task<int> WriteAsync(WorkerService.WorkerServiceClient client, TextWriter output, CancellationToken cancellationToken)
    {
        var faults = 0;
        await output.WriteLineAsync(Line("device", "runtime", "precision", "windows/s", "s/window", "agreement", "matrix GFLOP/s", "peak memory"));
        using var call = client.Benchmark(WholeBody, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            var result = call.ResponseStream.Current;
            faults += result.Problem.Length > 0 ? 1 : 0;
            await output.WriteLineAsync(result switch
            {
                { Problem.Length: > 0 } => $"  ✗ {result.Device} {result.Runtime} {result.Precision}: {result.Problem}",
                { LeftOut.Length: > 0 } => Line(result.Device, result.Runtime, result.Precision) + " " + result.LeftOut,
                _ => Measured(result),
            });
        }

        return faults;
    }

    private static string Measured(BenchmarkResult result) => Line(
        result.Device,
        result.Runtime,
        result.Precision,
        Text(result.WindowsPerSecond, "0.000"),
        Text(1 / result.WindowsPerSecond, "0.00"),
        result.HasAgreement ? Text(result.Agreement * 100, "0.000") + " %" : "reference",
        Text(result.MatrixGigaflops, "0"),
        Text(result.PeakResidentBytes / (double)(1 << 20), "0") + " MiB");

    private static string Line(params string[] columns) => "  " + string.Join(' ', columns.Select((c, index) => index < 3 ? c.PadRight(12) : c.PadLeft(14)));

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
