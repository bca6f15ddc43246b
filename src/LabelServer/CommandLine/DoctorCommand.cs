using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Workers;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver doctor</c>: what this machine can do, and what is missing. Exit code 0 when inference can run with at least one model, else 1.</summary>
internal sealed class DoctorCommand
{
    private const long LittleDisk = 4L << 30;
    private const long LittleMemory = 4L << 30;
    private readonly TextWriter _output;
    private int _faults;

    private DoctorCommand(TextWriter output) => _output = output;

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var command = new Command("doctor", "Says which devices, libraries and models can be used here, and why not.");
        var benchmark = new Option<bool>("--benchmark") { Description = "Also measures the wholeBody network on each device: windows per second, agreement with float32 on the CPU. Takes a minute or two." };
        catalog.AddTo(command);
        command.Options.Add(benchmark);
        command.SetAction((result, cancellationToken) =>
            new DoctorCommand(result.InvocationConfiguration.Output).RunAsync(catalog.Read(result), new WorkerOptions(), result.GetValue(benchmark), cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ModelCatalogOptions models, WorkerOptions workers, bool benchmark, CancellationToken cancellationToken)
    {
        Machine();
        Libraries();
        await using var services = CommandServices.Build(models, workers, verbose: false);
        await WorkerAsync(services.GetRequiredService<WorkerSupervisor>(), workers, benchmark, cancellationToken);
        Models(services.GetRequiredService<ModelCatalog>());
        _output.WriteLine(_faults == 0 ? "Everything that is needed is there." : $"{_faults} fault(s), marked with ✗ above.");
        return _faults == 0 ? 0 : 1;
    }

    private void Machine()
    {
        Section("Machine");
        Good("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        Good(".NET", RuntimeInformation.FrameworkDescription);
        Good("processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        Check(memory >= LittleMemory, "memory", Size(memory), "Large scans at 1.5 mm need about 4 GiB; use highres false.", isFault: false);
        foreach (var (name, folder) in new[] { ("free disk (temporary files)", Path.GetTempPath()), ("free disk (models)", ContentRoot.Folder) })
        {
            var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
            Check(free >= LittleDisk, name, $"{Size(free)} in {folder}", "Free some space: scans and results pass through it.", isFault: false);
        }
    }

    private void Libraries()
    {
        Section("Libraries");
        foreach (var finding in NativeLibraries.Check())
            Check(finding.IsFound, finding.Name, finding.Detail, finding.Advice, isFault: true);
    }

    private async Task WorkerAsync(WorkerSupervisor supervisor, WorkerOptions options, bool benchmark, CancellationToken cancellationToken)
    {
        Section("Worker");
        try
        {
            Good("program", WorkerProgram.Find(options));
            var worker = await supervisor.GetAsync(cancellationToken);
            var about = worker.Description;
            if (about.TorchVersion.Length + about.TorchProblem.Length > 0)
                Check(about.TorchProblem.Length == 0, "libtorch", about.TorchVersion, about.TorchProblem, isFault: true);
            Check(about.OnnxProblem.Length == 0, "ONNX Runtime", string.Join(", ", [about.OnnxVersion, .. about.OnnxProviders]), about.OnnxProblem, isFault: about.TorchVersion.Length == 0);
            foreach (var device in about.Devices)
                Good("device", string.Join(", ", new[] { device.Name, device.Id == device.Name ? string.Empty : device.Id, device.MemoryBytes > 0 ? Size(device.MemoryBytes) : string.Empty }.Where(t => t.Length > 0)));
            if (about.Threads > 0)
                Good("threads", about.Threads.ToString(CultureInfo.InvariantCulture));
            if (!benchmark)
                return;
            Section("Benchmark: one 96³ window of the wholeBody network (32 filters, 105 classes), random weights");
            _faults += await DeviceBenchmarkReport.WriteAsync(worker.Client, _output, cancellationToken);
        }
        catch (WorkerUnavailableException error)
        {
            Check(false, "worker", string.Empty, error.Message, isFault: true);
        }
    }

    private void Models(ModelCatalog catalog)
    {
        Section("Models");
        var models = catalog.Models;
        foreach (var model in models)
        {
            var weights = string.Join(", ", model.Weights.Where(w => w.IsPresent).Select(w => w.FileName));
            Check(model.IsUsable, model.Id, model.IsUsable ? $"usable, {weights}" : string.Empty, model.Problem ?? string.Empty, isFault: false);
            if (model.Notice is { } notice)
                _output.WriteLine($"  ! {notice}");
        }

        if (!models.Any(m => m.IsUsable))
            Check(false, "models", string.Empty, $"No model can be used; looked in {string.Join(" and ", catalog.SearchFolders)}.", isFault: true);
    }

    private void Section(string name) => _output.WriteLine(name);

    private void Good(string name, string detail) => Check(true, name, detail, string.Empty, isFault: false);

    private void Check(bool isGood, string name, string detail, string advice, bool isFault)
    {
        if (!isGood && isFault)
            _faults++;
        var mark = isGood ? "✓" : isFault ? "✗" : "!";
        _output.WriteLine($"  {mark} {name}: {string.Join(" — ", new[] { detail, isGood ? string.Empty : advice }.Where(t => t.Length > 0))}");
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
}
