using LabelServer.Worker.Contract;
using TorchSharp;

namespace LabelServer.Worker.Devices;

/// <summary>The devices that libtorch offers in this process. Loading libtorch takes a moment and may fail; both happen at the first look.</summary>
internal sealed class DeviceInventory
{
    private readonly Lazy<Findings> _findings = new(Look);

    /// <summary>The devices, the default first; at least the CPU.</summary>
    public IReadOnlyList<Device> Devices => _findings.Value.Devices;

    /// <summary>The version of libtorch, or empty when it can not be loaded.</summary>
    public string TorchVersion => _findings.Value.Version;

    /// <summary>Why libtorch can not be loaded, or empty.</summary>
    public string TorchProblem => _findings.Value.Problem;

    /// <summary>Threads that an operation may use; 0 when libtorch can not be loaded.</summary>
    public int Threads => _findings.Value.Threads;

    private static Findings Look()
    {
        var cpu = new Device { Id = "cpu", Name = "cpu", MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes };
        try
        {
            var threads = torch.get_num_threads();
            List<Device> devices = [];
            if (torch.cuda.is_available())
            {
                var count = torch.cuda.device_count();
                for (var i = 0; i < count; i++)
                    devices.Add(new Device { Id = $"cuda:{i}", Name = count == 1 ? "cuda" : $"cuda:{i}" });
            }

            devices.Add(cpu);
            return new Findings(devices, torch.__version__, string.Empty, threads);
        }
        catch (Exception error) when (error is DllNotFoundException or NotSupportedException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException)
        {
            return new Findings([cpu], string.Empty, (error as TypeInitializationException)?.InnerException?.Message ?? error.Message, 0);
        }
    }

    private sealed record Findings(IReadOnlyList<Device> Devices, string Version, string Problem, int Threads);
}
