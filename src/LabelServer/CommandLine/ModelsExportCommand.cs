using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Worker.Contract;
using LabelServer.Workers;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models export NAME</c>: writes a model's network with its weights as one ONNX file. The worker writes and checks it.</summary>
internal sealed class ModelsExportCommand
{
    private readonly CatalogOptions _catalog = new();
    private readonly Argument<string> _name = new("NAME") { Description = "The bundle." };
    private readonly Option<string> _precision = new("--precision") { Description = "float32, or float16: half the size, weights and computation in half precision.", DefaultValueFactory = _ => "float32" };
    private readonly Option<string> _outputFile = new("--output", "-o") { Description = "The file to write; one of that name is replaced.", DefaultValueFactory = _ => "model.onnx" };
    private readonly Option<string?> _file = new("--file") { Description = "The weights file, such as model_lowres.pt, where the bundle has several. [default: the one that is served]" };
    private readonly Option<int?> _version = new("--version") { Description = "A number of 'models history': weights that were fine-tuned here, served or not. [default: what is served]" };
    private readonly Option<bool?> _highres = new("--highres") { Description = "true: the weights of the fine spacing; false: those of the coarse one. [default: the bundle's]" };

    /// <summary>Creates the command.</summary>
    public static Command Create() => new ModelsExportCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command("export", "Writes a model's network with its weights as an ONNX file, which runs wherever ONNX runs.") { _name };
        _precision.AcceptOnlyFromAmong("float32", "float16");
        _catalog.AddTo(command);
        foreach (var option in new Option[] { _precision, _outputFile, _highres, _file, _version })
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var console = result.InvocationConfiguration;
        await using var services = CommandServices.Build(_catalog.Read(result), new WorkerOptions(), verbose: false);
        try
        {
            var request = Request(services.GetRequiredService<ModelCatalog>().Require(result.GetValue(_name)!), result);
            var worker = await services.GetRequiredService<WorkerSupervisor>().GetAsync(cancellationToken);
            var path = Path.GetFullPath(result.GetValue(_outputFile)!);
            var end = await ReceiveAsync(worker.Client, request, path, cancellationToken);
            await console.Output.WriteLineAsync(Report(path, request, end));
            return 0;
        }
        catch (Exception error) when (error is InferenceDispatchException or IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync(error.Message);
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync(error.Status.Detail);
        }

        return 1;
    }

    private ExportRequest Request(ModelDescription model, ParseResult result)
    {
        // An inference falls back to the usual weights where a name is unknown; a file that leaves the house should hold what was asked for.
        var file = result.GetValue(_file);
        if (file is not null && model.Weights.All(w => w.FileName != file))
            throw new ModelNotUsableException($"{model.Id} has no weights file '{file}'; it has {string.Join(", ", model.Weights.Select(w => w.FileName))}.");
        var weights = WeightsChoice.For(model, file, result.GetValue(_highres));
        var request = new ExportRequest { BundleFolder = model.Folder, ModelFilename = weights.FileName, Half = result.GetValue(_precision) == "float16" };
        if (weights.Highres is { } highres)
            request.Highres = highres;
        if (result.GetValue(_version) is { } version)
            request.Version = version;
        return request;
    }

    // Beside the target first: a file of that name is either the old one or the whole new one.
    private static async Task<ExportEnd> ReceiveAsync(WorkerService.WorkerServiceClient client, ExportRequest request, string path, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        try
        {
            ExportEnd? end = null;
            using var call = client.Export(request, cancellationToken: cancellationToken);
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
            {
                while (await call.ResponseStream.MoveNext(cancellationToken))
                {
                    var message = call.ResponseStream.Current;
                    if (message.ContentCase == ExportDownload.ContentOneofCase.Chunk)
                        await file.WriteAsync(message.Chunk.Memory, cancellationToken);
                    else
                        end = message.End;
                }

                if (end is null || end.Length != file.Length)
                    throw new IOException("The model broke off on its way; nothing is written.");
            }

            File.Move(part, path, overwrite: true);
            return end;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static string Report(string path, ExportRequest request, ExportEnd end)
    {
        var weights = request.HasVersion ? string.Create(CultureInfo.InvariantCulture, $"version {request.Version} of {request.ModelFilename}") : request.ModelFilename;
        var compared = end.ComparedWith.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"its scores differ from {end.ComparedWith} by at most {end.LargestDifference:0.0e+0} of the largest")
            : "its scores were not compared, since this installation has no libtorch";
        return string.Create(CultureInfo.InvariantCulture, $"{path}: {end.Length / (double)(1 << 20):0.0} MiB from {weights}, operator set {end.Opset}. ONNX Runtime {end.RuntimeVersion} loads it; {compared}.");
    }
}
