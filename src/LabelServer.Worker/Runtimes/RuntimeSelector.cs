using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Worker.Devices;

namespace LabelServer.Worker.Runtimes;

/// <summary>Decides which runtime a network runs by: the one that is asked for, the only one that can, or at the first load the first one that can, unless another is measured to be clearly faster.</summary>
internal sealed partial class RuntimeSelector(IEnumerable<IRuntimeOffer> runtimes, DeviceInventory devices, RuntimeTimings timings, TimeProvider time, ILogger<RuntimeSelector> logger) : INetworkFactory
{
    // A small window favours the runtime with the smaller overhead, so it only tells whether a usual one, which takes seconds, is worth a try: the wholeBody network took ONNX Runtime 8 % less
    // time than libtorch for 48³ and 40 % more for 96³ on one processor, less than three quarters of it and 75 % more on another.
    private const double ClearlyFaster = 0.75;
    private readonly IReadOnlyList<IRuntimeOffer> _runtimes = [.. runtimes];

    /// <inheritdoc/>
    public bool Supports(ConfigValue.Component definition) => _runtimes.Any(r => r.Networks.Supports(definition));

    /// <inheritdoc/>
    public bool SupportsWhole(string file) => _runtimes.Any(r => r.Networks.SupportsWhole(file));

    /// <inheritdoc/>
    public Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken) =>
        OpenAsync(
            definition.Target,
            ConfigText.Of(definition),
            options,
            r => r.Supports(definition),
            r => r.CreateAsync(definition, weightsFile, options, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken) =>
        OpenAsync(Path.GetFileName(file), file, options, r => r.SupportsWhole(file), r => r.LoadWholeAsync(file, options, cancellationToken), cancellationToken);

    private async Task<INetwork> OpenAsync(
        string name, string description, NetworkOptions options, Func<INetworkFactory, bool> supports, Func<INetworkFactory, Task<INetwork>> open, CancellationToken cancellationToken)
    {
        var candidates = Candidates(name, options, supports);
        if (candidates.Count == 1)
        {
            if (candidates[0].IsEmulated(options.Device, options.Precision))
                LogEmulated(name, options.Precision, options.Device);
            return await open(candidates[0].Networks);
        }

        var key = $"{description} on {options.Device}, {options.Precision}, {devices.Threads} threads, torch {devices.TorchVersion}, onnx {devices.OnnxVersion}, {ClearlyFaster} of a usual window";
        if (timings.Find(key) is { } known && candidates.FirstOrDefault(c => c.Runtime == known) is { } kept)
            return await open(kept.Networks);
        return await MeasureAsync(name, key, options, candidates, open, cancellationToken);
    }

    // ONNX Runtime computes float32 on processors, so a wish for bfloat16 is one for libtorch where there is one; DirectML is ONNX Runtime's alone.
    private List<IRuntimeOffer> Candidates(string name, NetworkOptions options, Func<INetworkFactory, bool> supports)
    {
        var able = _runtimes.Where(r => supports(r.Networks)).ToList();
        var loaded = able.Where(r => (r.Runtime == NetworkRuntime.Torch ? devices.TorchProblem : devices.OnnxProblem).Length == 0).ToList();
        var asked = options.Runtime == NetworkRuntime.Auto ? loaded : loaded.Where(r => r.Runtime == options.Runtime).ToList();
        if (asked.Count == 0)
        {
            throw new NetworkUnsupportedException(loaded.Count > 0
                ? $"{name} can not run by {options.Runtime}; it can by {string.Join(", ", loaded.Select(r => r.Runtime))}. Start the server with another --conf runtime."
                : $"{name} can run by {string.Join(", ", able.Select(r => r.Runtime))} only, which can not be loaded: {devices.TorchProblem}{devices.OnnxProblem} Run: labelserver doctor");
        }

        var preferred = options switch
        {
            { Device: var device } when device.StartsWith("directml", StringComparison.OrdinalIgnoreCase) => NetworkRuntime.Onnx,
            { Precision: NetworkPrecision.BFloat16 } => NetworkRuntime.Torch,
            _ => NetworkRuntime.Auto,
        };
        return asked.Any(r => r.Runtime == preferred) ? [.. asked.Where(r => r.Runtime == preferred)] : asked;
    }

    private async Task<INetwork> MeasureAsync(
        string name, string key, NetworkOptions options, List<IRuntimeOffer> candidates, Func<INetworkFactory, Task<INetwork>> open, CancellationToken cancellationToken)
    {
        INetwork? best = null, tried = null;
        var (fastest, winner) = (TimeSpan.MaxValue, candidates[0].Runtime);
        try
        {
            foreach (var candidate in candidates)
            {
                tried = await OpenIfSupported(name, candidate, open, isLast: best is null && candidate == candidates[^1]);
                if (tried is null)
                    continue;
                var took = await TimeAsync(TrialWindow.TimeSmall, tried);
                LogMeasured(name, candidate.Runtime, tried.Device, tried.Precision, took.TotalSeconds);
                if (best is null || (took < fastest * ClearlyFaster && await IsFasterAsync(candidate.Runtime, tried, best)))
                {
                    (best, tried, fastest, winner) = (tried, best, took, candidate.Runtime);
                }

                tried?.Dispose();
                tried = null;
            }
        }
        catch
        {
            best?.Dispose();
            tried?.Dispose();
            throw;
        }

        Keep(key, winner);
        return best!;

        async Task<bool> IsFasterAsync(NetworkRuntime runtime, INetwork network, INetwork incumbent)
        {
            var took = await TimeAsync(TrialWindow.TimeUsual, network);
            var other = await TimeAsync(TrialWindow.TimeUsual, incumbent);
            LogTried(name, took.TotalSeconds, runtime, other.TotalSeconds, winner);

            // A network of one fixed size takes no other window by any runtime; then the small one's word stands.
            return took == TimeSpan.MaxValue ? other == TimeSpan.MaxValue : took < other * ClearlyFaster;
        }

        Task<TimeSpan> TimeAsync(Func<INetwork, int, TimeProvider, CancellationToken, TimeSpan> trial, INetwork network) =>
            Task.Run(() => trial(network, options.SpatialDims, time, cancellationToken), cancellationToken);
    }

    // A runtime may know a network and not one of its arguments, which only building it tells; then another one runs it, and the last one's reason counts.
    private async Task<INetwork?> OpenIfSupported(string name, IRuntimeOffer candidate, Func<INetworkFactory, Task<INetwork>> open, bool isLast)
    {
        try
        {
            return await open(candidate.Networks);
        }
        catch (NetworkUnsupportedException error) when (!isLast)
        {
            LogNotSupported(name, candidate.Runtime, error.Message);
            return null;
        }
    }

    private void Keep(string key, NetworkRuntime runtime)
    {
        try
        {
            timings.Keep(key, runtime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotKept(error.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Network} by {Runtime} on {Device} in {Precision}: {Seconds:0.000} s for a small window.")]
    private partial void LogMeasured(string network, NetworkRuntime runtime, string device, NetworkPrecision precision, double seconds);

    [LoggerMessage(2, LogLevel.Information, "{Network} can not run by {Runtime}: {Reason}")]
    private partial void LogNotSupported(string network, NetworkRuntime runtime, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Network} runs in {Precision} as it was asked for, which is emulated on '{Device}' and many times slower than float32.")]
    private partial void LogEmulated(string network, NetworkPrecision precision, string device);

    [LoggerMessage(4, LogLevel.Warning, "Which runtime is faster can not be kept and will be measured again: {Reason}")]
    private partial void LogNotKept(string reason);

    [LoggerMessage(5, LogLevel.Information, "{Network}: {Seconds:0.000} s for a usual window by {Runtime}, {OtherSeconds:0.000} s by {OtherRuntime}.")]
    private partial void LogTried(string network, double seconds, NetworkRuntime runtime, double otherSeconds, NetworkRuntime otherRuntime);
}
