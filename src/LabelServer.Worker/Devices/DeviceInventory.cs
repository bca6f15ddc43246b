using LabelServer.Inference.Networks;
using LabelServer.Worker.Contract;
using LabelServer.Worker.Runtimes;

namespace LabelServer.Worker.Devices;

/// <summary>The devices that the runtimes of this process offer. Loading them takes a moment and may fail; both happen at the first look.</summary>
internal sealed class DeviceInventory
{
    private const string Cpu = "cpu";
    private readonly Lazy<(IReadOnlyList<Device> Devices, Dictionary<NetworkRuntime, RuntimeFindings> Runtimes)> _findings;

    /// <summary>Creates the inventory of some runtimes.</summary>
    public DeviceInventory(IEnumerable<IRuntimeOffer> runtimes) => _findings = new(() => Look(runtimes));

    /// <summary>The devices, GPUs first, the CPU last.</summary>
    public IReadOnlyList<Device> Devices => _findings.Value.Devices;

    /// <summary>The version of libtorch, or empty when it can not be loaded or is not built in.</summary>
    public string TorchVersion => Of(NetworkRuntime.Torch)?.Version ?? string.Empty;

    /// <summary>Why libtorch can not be loaded, or empty.</summary>
    public string TorchProblem => Of(NetworkRuntime.Torch)?.Problem ?? string.Empty;

    /// <summary>The version of ONNX Runtime, or empty when it can not be loaded.</summary>
    public string OnnxVersion => Of(NetworkRuntime.Onnx)?.Version ?? string.Empty;

    /// <summary>Why ONNX Runtime can not be loaded, or empty.</summary>
    public string OnnxProblem => Of(NetworkRuntime.Onnx)?.Problem ?? string.Empty;

    /// <summary>The execution providers that are built into ONNX Runtime.</summary>
    public IReadOnlyList<string> OnnxProviders => Of(NetworkRuntime.Onnx)?.Providers ?? [];

    /// <summary>Threads that an operation may use; 0 when no runtime can be loaded.</summary>
    public int Threads => _findings.Value.Runtimes.Values.Max(r => (int?)r.Threads) ?? 0;

    /// <summary>The id of a device that a client names as <c>/info/</c> does; other names stay as they are.</summary>
    public string IdOf(string name) => name.Length == 0 ? name : Devices.FirstOrDefault(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Id ?? name;

    private RuntimeFindings? Of(NetworkRuntime runtime) => _findings.Value.Runtimes.GetValueOrDefault(runtime);

    private static (IReadOnlyList<Device> Devices, Dictionary<NetworkRuntime, RuntimeFindings> Runtimes) Look(IEnumerable<IRuntimeOffer> runtimes)
    {
        var findings = runtimes.ToDictionary(r => r.Runtime, r => r.Look());

        // A GPU that both runtimes offer is one device; the longer name tells people more.
        var devices = findings.Values
            .SelectMany(f => f.Devices)
            .GroupBy(d => d.Id, StringComparer.Ordinal)
            .Select(g => g.MaxBy(d => d.Name.Length)!)
            .Append(new Device { Id = Cpu, Name = Cpu, MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes })
            .ToList();
        foreach (var same in devices.GroupBy(d => d.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).SelectMany(g => g).ToList())
            same.Name = $"{same.Name} ({same.Id})";
        return (devices, findings);
    }
}
