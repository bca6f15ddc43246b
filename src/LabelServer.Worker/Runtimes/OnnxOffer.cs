using LabelServer.Inference.Networks;
using LabelServer.Onnx.Runtime;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Runtimes;

/// <summary>ONNX Runtime; which devices it has is decided by the package that the worker was built with.</summary>
internal sealed class OnnxOffer : IRuntimeOffer
{
    /// <inheritdoc/>
    public NetworkRuntime Runtime => NetworkRuntime.Onnx;

    /// <inheritdoc/>
    public INetworkFactory Networks { get; } = new OnnxNetworkFactory();

    /// <inheritdoc/>
    public IReadOnlyList<NetworkPrecision> Precisions => [NetworkPrecision.Float32];

    /// <inheritdoc/>
    public bool IsEmulated(string device, NetworkPrecision precision) => false;

    /// <inheritdoc/>
    public TimeSpan MultiplyMatrices(int edge, string device, NetworkPrecision precision, int repeats, CancellationToken cancellationToken) =>
        OnnxRuntimeInfo.MultiplyMatrices(edge, device, repeats, cancellationToken);

    /// <inheritdoc/>
    public RuntimeFindings Look()
    {
        try
        {
            return new RuntimeFindings(
                OnnxRuntimeInfo.Version,
                string.Empty,
                [.. OnnxRuntimeInfo.Devices().Where(d => d.Id != "cpu").Select(d => new Device { Id = d.Id, Name = d.Name })],
                OnnxRuntimeInfo.Threads)
            {
                Providers = OnnxRuntimeInfo.Providers,
            };
        }
        catch (Exception error) when (NativeLoading.IsFailure(error))
        {
            return new RuntimeFindings(string.Empty, NativeLoading.Reason(error), [], 0);
        }
    }
}
