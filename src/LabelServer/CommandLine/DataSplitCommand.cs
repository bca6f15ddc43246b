using System.CommandLine;
using LabelServer.Bundles;
using LabelServer.Datasets;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver data split DIR OUT</c>: a list of images for training, validation and testing.</summary>
internal sealed class DataSplitCommand
{
    private readonly Argument<string> _folder = new("DIR") { Description = "A folder with imagesTr and labelsTr (and imagesTs), or a studies folder with labels/final." };
    private readonly Argument<string> _output = new("OUT") { Description = "The JSON file to write, such as datalist.json." };
    private readonly Option<double> _validation = new("--validation") { Description = "The share of the labelled images for validation, 0 to 1.", DefaultValueFactory = _ => 0.2 };
    private readonly Option<double> _testing = new("--testing") { Description = "The share of the labelled images for testing, 0 to 1.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _seed = new("--seed") { Description = "What the draw depends on.", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> _bundle = new("--bundle", "-b") { Description = "A bundle whose label names are written into the list." };

    /// <summary>Creates the command.</summary>
    public static Command Create() => new DataSplitCommand().ToCommand();

    private Command ToCommand()
    {
        foreach (var option in new[] { _validation, _testing })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<double>() is not (>= 0 and < 1))
                {
                    result.AddError($"{option.Name} must be at least 0 and less than 1.");
                }
            });
        }

        var command = new Command("split", "Divides labelled images into training, validation and testing, as a list in the Decathlon form.") { _folder, _output, _validation, _testing, _seed, _bundle };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        try
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.GetValue(_folder)!));
            var target = Path.GetFullPath(result.GetValue(_output)!);
            var (labelled, others) = DataPair.Find(folder);
            var split = DataSplit.Draw(labelled, others, result.GetValue(_validation), result.GetValue(_testing), result.GetValue(_seed));
            var labels = result.GetValue(_bundle) is { } named
                ? Bundle.Open(Directory.Exists(named) ? named : Path.Combine(ContentRoot.Folder, "models", named)).Metadata.Labels.ToDictionary(l => l.Key, l => l.Value)
                : null;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, split.ToJson(Path.GetFileName(folder), labels), cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync(FormattableString.Invariant($"{target}: {split.Training.Count} for training, {split.Validation.Count} for validation, {split.Testing.Count} for testing"));
            return 0;
        }
        catch (Exception error) when (error is DatasetException or BundleException or IOException or UnauthorizedAccessException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
