using System.Globalization;
using LabelServer.Inference.Networks;
using Microsoft.ML.OnnxRuntime;

namespace LabelServer.Onnx.Runtime;

/// <summary>The devices that this build of ONNX Runtime offers on this machine. Which there can be is decided by the package that it was built with: see docs/accelerators.md.</summary>
internal static class OnnxDevices
{
    private static readonly (OnnxProvider Provider, string Name, string Prefix)[] Providers =
    [
        (OnnxProvider.DirectMl, "DmlExecutionProvider", "directml"),
        (OnnxProvider.Cuda, "CUDAExecutionProvider", "cuda"),
    ];

    /// <summary>GPUs first, the CPU last; loads ONNX Runtime.</summary>
    public static IReadOnlyList<OnnxDevice> Find()
    {
        var environment = OrtEnv.Instance();
        var offered = environment.GetAvailableProviders();
        List<OnnxDevice> devices = [];
        foreach (var (provider, name, prefix) in Providers.Where(p => offered.Contains(p.Name)))
        {
            var gpus = environment.GetEpDevices().Where(d => d.EpName == name && d.HardwareDevice.Type == OrtHardwareDeviceType.GPU).ToList();
            devices.AddRange(gpus.Select((gpu, index) => new OnnxDevice(string.Create(CultureInfo.InvariantCulture, $"{prefix}:{index}"), NameOf(gpu, prefix), provider, index)));
        }

        devices.Add(new OnnxDevice("cpu", "cpu", OnnxProvider.Cpu, 0));
        return devices;
    }

    /// <summary>The device of a name. <c>auto</c> and empty take the first; a GPU's kind without number its first; <c>cuda</c> names give the CPU on a machine without GPU, as MONAI Label does.</summary>
    /// <exception cref="NetworkException">There is no such device.</exception>
    public static OnnxDevice Resolve(string? name, IReadOnlyList<OnnxDevice> devices)
    {
        var wanted = string.IsNullOrWhiteSpace(name) ? "auto" : name.Trim();
        if (wanted.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return devices[0];
        }

        var found = devices.FirstOrDefault(d => d.Id.Equals(wanted, StringComparison.OrdinalIgnoreCase) || d.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? devices.FirstOrDefault(d => d.Id.Equals(wanted + ":0", StringComparison.OrdinalIgnoreCase));
        if (found is not null)
        {
            return found;
        }

        var isCuda = wanted.Equals("cuda", StringComparison.OrdinalIgnoreCase) || wanted.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase);
        return isCuda && devices.All(d => d.Provider == OnnxProvider.Cpu)
            ? devices[^1]
            : throw new NetworkException($"The device '{name}' is not there; ONNX Runtime offers {string.Join(", ", devices.Select(d => d.Id))} here.");
    }

    private static string NameOf(OrtEpDevice device, string prefix)
    {
        device.HardwareDevice.Metadata.Entries.TryGetValue("Description", out var description);
        return string.IsNullOrWhiteSpace(description) ? $"{device.HardwareDevice.Vendor} GPU by {prefix}" : description;
    }
}
