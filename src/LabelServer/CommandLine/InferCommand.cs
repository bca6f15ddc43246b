using System.CommandLine;
using System.Globalization;
using LabelServer.Http;
using LabelServer.Imaging.Formats;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Workers;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver infer</c>: segments one file, through the same worker as the server does.</summary>
internal sealed class InferCommand
{
    private readonly Option<string> _bundle = new("--bundle", "-b") { Description = "The bundle's folder, or the name of a bundle in models.", Required = true };
    private readonly Option<string> _input = new("--input", "-i") { Description = "The image: .nii, .nii.gz, .hdr/.img, .nrrd or .nhdr.", Required = true };
    private readonly Option<string> _outputFile = new("--output", "-o") { Description = "The label map to write: .nii.gz, .nii, .nrrd or .seg.nrrd.", Required = true };
    private readonly Option<string?> _highres = new("--highres") { Description = "true: fine spacing and its weights; false: the coarse ones. [default: the bundle's]" };
    private readonly Option<string> _precision = new("--precision") { Description = "auto, float32 or bfloat16.", DefaultValueFactory = _ => "auto" };
    private readonly Option<string?> _device = new("--device") { Description = "cpu, cuda, cuda:N, directml or directml:N. [default: a GPU if there is one]" };
    private readonly Option<bool> _compress = new("--compress") { Description = "Compress a .nrrd." };
    private readonly Option<bool> _largest = new("--largest_cc") { Description = "Keep only the largest connected component of each label." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Write the log to standard error." };

    /// <summary>Creates the command.</summary>
    public static Command Create() => new InferCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command("infer", "Segments one image with a bundle.");
        _highres.Validators.Add(result => RequireBoolean(result, _highres));
        _precision.AcceptOnlyFromAmong("auto", "float32", "bfloat16");
        foreach (var option in new Option[] { _bundle, _input, _outputFile, _highres, _precision, _device, _compress, _largest, _verbose })
            command.Options.Add(option);
        command.SetAction(RunAsync);
        return command;
    }

    private static void RequireBoolean(System.CommandLine.Parsing.OptionResult result, Option<string?> option)
    {
        if (result.GetValue(option) is { } text && !BooleanText.TryParse(text, out _))
            result.AddError($"{option.Name} takes true or false, not '{text}'.");
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var errors = result.InvocationConfiguration.Error;
        var input = result.GetValue(_input)!;
        var output = result.GetValue(_outputFile)!;
        var bundle = BundleFolder(result.GetValue(_bundle)!);
        if (!File.Exists(input))
            return await FailAsync(errors, $"There is no image {input}.");
        if (!VolumeFileTypes.TryFromName(output, out var type))
            return await FailAsync(errors, $"{output} has no extension that can be written. Use .nii.gz, .nii, .nrrd or .seg.nrrd.");
        var job = new InferenceJob
        {
            Model = Path.GetFileName(bundle),
            ImageName = Path.GetFileName(input),
            Parts = ImageFiles.PartsOf(input),
            Parameters = new InferenceParameters
            {
                Highres = result.GetValue(_highres) is { } highres && BooleanText.TryParse(highres, out var value) ? value : null,
                Precision = Enum.Parse<InferencePrecision>(result.GetValue(_precision)!, ignoreCase: true),
                Device = result.GetValue(_device),
                LargestCc = result.GetValue(_largest),
                ResultExtension = VolumeFileTypes.ExtensionOf(type.Value),
                ResultCompress = result.GetValue(_compress),
            },
        };
        await using var services = CommandServices.Build(
            new ModelCatalogOptions { SearchFolders = [], BundleFolders = [bundle] }, new WorkerOptions { JobTimeout = TimeSpan.FromHours(24) }, result.GetValue(_verbose));
        try
        {
            using var bar = new ProgressBar(errors, !Console.IsErrorRedirected);
            await using var answer = await services.GetRequiredService<IInferenceDispatcher>().InferAsync(job, bar, cancellationToken);
            await SaveAsync(answer, output, cancellationToken);
            bar.Dispose();
            Report(answer.Summary, output, result.InvocationConfiguration.Output);
            return 0;
        }
        catch (Exception error) when (error is InferenceDispatchException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(errors, error.Message);
        }
        catch (OperationCanceledException)
        {
            await FailAsync(errors, "Cancelled; nothing was written.");
            return ExitCodes.Cancelled;
        }
    }

    private static string BundleFolder(string named) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory.Exists(named) ? named : Path.Combine(ContentRoot.Folder, "models", named)));

    // Beside the target first: a file of that name is either the old one or the whole new one.
    private static async Task SaveAsync(InferenceAnswer answer, string path, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var part = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.part");
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
                await answer.OpenResult().CopyToAsync(file, cancellationToken);
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static void Report(InferenceSummary summary, string path, TextWriter output)
    {
        var latencies = summary.Latencies;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {summary.Centroids.Count} of {summary.LabelNames.Count} labels found"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Latencies => Total: {latencies.Total:0.00}; Pre: {latencies.Pre:0.00}; Infer: {latencies.Infer:0.00}; Invert: {latencies.Invert:0.00}; Post: {latencies.Post:0.00}; Write: {latencies.Write:0.00} s"));
    }

    private static async Task<int> FailAsync(TextWriter errors, string message)
    {
        await errors.WriteLineAsync(message);
        return 1;
    }
}
