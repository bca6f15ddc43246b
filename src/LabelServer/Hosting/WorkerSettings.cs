using System.Globalization;
using LabelServer.Workers;

namespace LabelServer.Hosting;

/// <summary>The settings of the worker that a server's user can make: <c>--conf infer_queue N</c>, <c>--conf runtime auto|torch|onnx</c>, <c>--conf result_cache off</c>, the time limit <c>--conf infer_timeout SECONDS</c> or
/// <c>MONAI_LABEL_INFER_TIMEOUT</c>, and how many jobs run at a time, <c>MONAI_LABEL_INFER_CONCURRENCY</c>.</summary>
internal static class WorkerSettings
{
    private static readonly string[] Runtimes = ["auto", "torch", "onnx"];

    /// <summary>Reads them.</summary>
    /// <exception cref="ServerOptionsException">A value is wrong; lists all of them.</exception>
    public static WorkerOptions From(ServerOptions server)
    {
        var faults = new List<string>();
        var defaults = new WorkerOptions();
        var seconds = Whole(server.Conf.GetValueOrDefault("infer_timeout"), "--conf infer_timeout", 1, 86_400, faults)
            ?? Whole(server.Environment.Text("MONAI_LABEL_INFER_TIMEOUT"), "MONAI_LABEL_INFER_TIMEOUT", 1, 86_400, faults);
        var runtime = server.Conf.GetValueOrDefault("runtime")?.Trim().ToLowerInvariant() ?? defaults.Runtime;
        if (!Runtimes.Contains(runtime))
            faults.Add($"--conf runtime {runtime}: it must be {string.Join(", ", Runtimes)}.");
        var options = defaults with
        {
            Runtime = runtime,
            ResultCache = Switch(server.Conf.GetValueOrDefault("result_cache"), "--conf result_cache", faults) ?? defaults.ResultCache,
            QueueLength = Whole(server.Conf.GetValueOrDefault("infer_queue"), "--conf infer_queue", 0, 1000, faults) ?? defaults.QueueLength,
            Concurrency = Math.Max(1, Whole(server.Environment.Text("MONAI_LABEL_INFER_CONCURRENCY"), "MONAI_LABEL_INFER_CONCURRENCY", -1, 16, faults) ?? defaults.Concurrency),
            JobTimeout = seconds is null ? defaults.JobTimeout : TimeSpan.FromSeconds(seconds.Value),
        };
        return faults.Count == 0 ? options : throw new ServerOptionsException(faults);
    }

    private static bool? Switch(string? text, string name, List<string> faults)
    {
        if (text is null)
            return null;
        if (Http.BooleanText.TryParse(text, out var value))
            return value;
        faults.Add($"{name} {text}: it must be on or off.");
        return null;
    }

    private static int? Whole(string? text, string name, int least, int most, List<string> faults)
    {
        if (text is null)
            return null;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        faults.Add($"{name} {text}: it must be a whole number from {least} to {most}.");
        return null;
    }
}
