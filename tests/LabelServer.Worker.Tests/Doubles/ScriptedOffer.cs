using LabelServer.Inference.Networks;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Runtimes;

namespace LabelServer.Worker.Tests.Doubles;

/// <summary>A runtime with scripted networks and devices.</summary>
internal sealed class ScriptedOffer(NetworkRuntime runtime, INetworkFactory networks, params string[] gpus) : IRuntimeOffer
{
    public string Problem { get; init; } = string.Empty;

    public NetworkRuntime Runtime => runtime;

    public INetworkFactory Networks => networks;

    public IReadOnlyList<NetworkPrecision> Precisions { get; init; } = [NetworkPrecision.Float32];

    public IReadOnlyList<NetworkPrecision> Emulated { get; init; } = [];

    public bool IsEmulated(string device, NetworkPrecision precision) => Emulated.Contains(precision);

    public RuntimeFindings Look() => new(Problem.Length == 0 ? "1.0" : string.Empty, Problem, [.. gpus.Select(g => new Device { Id = g, Name = $"GPU {g}" })], 2);

    public TimeSpan MultiplyMatrices(int edge, string device, NetworkPrecision precision, int repeats, CancellationToken cancellationToken) => TimeSpan.FromSeconds(1);
}
