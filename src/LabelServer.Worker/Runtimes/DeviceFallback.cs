using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>Makes networks that go on when their device fails: with fewer windows at a time where memory ran out, then on the CPU.</summary>
internal sealed partial class DeviceFallback(INetworkFactory networks, ILogger<DeviceFallback> logger) : INetworkFactory
{
    private const string Cpu = "cpu";

    /// <inheritdoc/>
    public bool Supports(ConfigValue.Component definition) => networks.Supports(definition);

    /// <inheritdoc/>
    public bool SupportsWhole(string file) => networks.SupportsWhole(file);

    /// <inheritdoc/>
    public Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken) =>
        OpenAsync(Path.GetFileName(weightsFile), options, (o, token) => networks.CreateAsync(definition, weightsFile, o, token), cancellationToken);

    /// <inheritdoc/>
    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken) =>
        OpenAsync(Path.GetFileName(file), options, (o, token) => networks.LoadWholeAsync(file, o, token), cancellationToken);

    /// <summary>Whether another device, or less at a time, may do what failed: the network or its weights are at fault everywhere.</summary>
    internal static bool IsOfTheDevice(Exception error) => error is NetworkException and not (NetworkUnsupportedException or NetworkWeightsException) || MemoryShortage.IsCauseOf(error);

    private async Task<INetwork> OpenAsync(string name, NetworkOptions options, Func<NetworkOptions, CancellationToken, Task<INetwork>> open, CancellationToken cancellationToken)
    {
        Task<INetwork> OpenOnCpu(NetworkPrecision precision) => open(options with { Device = Cpu, Precision = precision }, CancellationToken.None);
        INetwork first;
        try
        {
            first = await open(options, cancellationToken);
        }
        catch (Exception error) when (options.Device != Cpu && IsOfTheDevice(error))
        {
            LogNotLoaded(name, options.Device, error.Message);
            first = await open(options with { Device = Cpu }, cancellationToken);
        }

        return new FallbackNetwork(first, name, OpenOnCpu, logger);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Network} can not be loaded on the device '{Device}' and runs on the CPU instead: {Reason}")]
    private partial void LogNotLoaded(string network, string device, string reason);
}
