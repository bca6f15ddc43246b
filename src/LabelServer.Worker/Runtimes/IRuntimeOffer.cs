using LabelServer.Inference.Networks;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Runtimes;

/// <summary>A library for networks that is built into this worker.</summary>
internal interface IRuntimeOffer
{
    /// <summary>Which one.</summary>
    NetworkRuntime Runtime { get; }

    /// <summary>Its networks.</summary>
    INetworkFactory Networks { get; }

    /// <summary>The precisions that can be asked of its networks.</summary>
    IReadOnlyList<NetworkPrecision> Precisions { get; }

    /// <summary>Loads the library and looks what it offers here.</summary>
    RuntimeFindings Look();

    /// <summary>Whether the device has no instructions for that precision, so that it is emulated and many times slower than float32. A small measurement tells.</summary>
    /// <param name="device">The device's id.</param>
    /// <param name="precision">One of <see cref="Precisions"/>.</param>
    bool IsEmulated(string device, NetworkPrecision precision);

    /// <summary>Multiplies two large matrices, for the speed that a device has at most.</summary>
    /// <param name="edge">Rows and columns of each.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="precision">One of <see cref="Precisions"/>.</param>
    /// <param name="repeats">How often, after once that is not counted.</param>
    /// <param name="cancellationToken">Looked at before each time.</param>
    /// <returns>The shortest time.</returns>
    TimeSpan MultiplyMatrices(int edge, string device, NetworkPrecision precision, int repeats, CancellationToken cancellationToken);
}

/// <summary>What a runtime offers on this machine.</summary>
/// <param name="Version">The library's version, or empty when it can not be loaded.</param>
/// <param name="Problem">Why it can not be loaded, or empty.</param>
/// <param name="Devices">Its devices, the default first.</param>
/// <param name="Threads">Threads that an operation may use; 0 when not known.</param>
internal sealed record RuntimeFindings(string Version, string Problem, IReadOnlyList<Device> Devices, int Threads)
{
    /// <summary>The parts of the library that compute on a kind of device, by the library's own names; empty where it has no such parts.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];
}
