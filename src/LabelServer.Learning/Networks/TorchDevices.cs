using System.Globalization;
using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Reads device names as PyTorch writes them.</summary>
public static class TorchDevices
{
    /// <summary>The device of that name. <c>auto</c>, empty and every <c>cuda</c> name give the CPU on a machine without GPU, as MONAI Label does.</summary>
    /// <exception cref="NetworkException">The name is unknown, or there are fewer GPUs than it says.</exception>
    public static Device Resolve(string? name)
    {
        var wanted = string.IsNullOrWhiteSpace(name) ? "auto" : name.Trim().ToLowerInvariant();
        if (wanted == "cpu")
        {
            return CPU;
        }

        var parts = wanted.Split(':');
        var number = 0;
        if ((wanted != "auto" && parts[0] != "cuda") || parts.Length > 2
            || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
        {
            throw new NetworkException($"The device '{name}' is not known; use auto, cpu, cuda or cuda:0, cuda:1, …");
        }

        if (!cuda.is_available())
        {
            return CPU;
        }

        var count = cuda.device_count();
        return number < count ? new Device(TorchSharp.DeviceType.CUDA, number) : throw new NetworkException($"The device '{name}' is not there: this machine has {count} GPU(s), counted from 0.");
    }

    /// <summary>The name as PyTorch writes it: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public static string NameOf(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.type == TorchSharp.DeviceType.CPU ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"cuda:{Math.Max(device.index, 0)}");
    }
}
