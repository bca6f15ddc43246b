using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>A network that goes on when its device fails: a shortage of memory halves the windows at a time, any other failure, or one with a single window, moves it to the CPU for good.</summary>
/// <remarks><see cref="Device"/> says where the last window ran, and so does the answer.</remarks>
internal sealed partial class FallbackNetwork(INetwork network, string name, Func<NetworkPrecision, Task<INetwork>> openOnCpu, ILogger logger) : IDropoutNetwork
{
    private const string Cpu = "cpu";
    private INetwork _network = network;
    private int _most = int.MaxValue;
    private (double Probability, long Seed)? _dropout;

    /// <inheritdoc/>
    public int? InputChannels => _network.InputChannels;

    /// <inheritdoc/>
    public int? OutputChannels => _network.OutputChannels;

    /// <inheritdoc/>
    public NetworkPrecision Precision => _network.Precision;

    /// <inheritdoc/>
    public string Device => _network.Device;

    /// <inheritdoc/>
    public LinearHead? Head => _network.Head;

    /// <inheritdoc/>
    public bool UseDropout(double? probability, long seed)
    {
        if (_network is not IDropoutNetwork network || !network.UseDropout(probability, seed))
            return false;
        _dropout = probability is { } share ? (share, seed) : null;
        return true;
    }

    /// <inheritdoc/>
    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        var parts = new List<NetworkOutput>();
        try
        {
            for (var done = 0; done < shape.Count;)
            {
                var count = Math.Min(_most, shape.Count - done);
                var part = shape with { Count = count };
                var samples = checked((int)(part.SampleCount / count));
                try
                {
                    parts.Add(_network.Run(windows.Slice(done * samples, count * samples), part, cancellationToken));
                    done += count;
                }
                catch (Exception error) when (DeviceFallback.IsOfTheDevice(error))
                {
                    // Not in the filter: only here has the failed run let go of its memory. The next round has fewer windows, or another device.
                    if (!MakeRoom(error, count))
                        throw;
                }
            }

            return parts.Count == 1 ? parts[0] : new JoinedOutput(parts);
        }
        catch
        {
            parts.ForEach(p => p.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    // Whether there is a way on; takes it.
    private bool MakeRoom(Exception error, int count)
    {
        if (count > 1 && MemoryShortage.IsCauseOf(error))
        {
            _most = count / 2;
            LogFewerWindows(name, Device, count, _most, error.Message);
            return true;
        }

        if (Device == Cpu)
            return false;
        LogMoved(name, Device, error.Message);
        var failed = _network;

        // Run is synchronous by contract, on a thread of its own; loading anew happens once in the life of a network.
        _network = Task.Run(() => openOnCpu(failed.Precision == NetworkPrecision.BFloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32)).GetAwaiter().GetResult();
        failed.Dispose();
        _most = int.MaxValue;

        // Without it all further passes would be the same, and the network would seem certain.
        if (_dropout is { } dropout && !(_network is IDropoutNetwork moved && moved.UseDropout(dropout.Probability, dropout.Seed)))
            throw new NetworkUnsupportedException($"{name} has no dropout on the CPU that can be turned on, so Monte-Carlo dropout does not work with it there. Use test-time augmentation.");
        return true;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Network} ran out of memory on the device '{Device}' with {Count} windows at a time; {Fewer} are tried: {Reason}")]
    private partial void LogFewerWindows(string network, string device, int count, int fewer, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Network} failed on the device '{Device}' and runs on the CPU from here on: {Reason}")]
    private partial void LogMoved(string network, string device, string reason);
}
