using System.CommandLine;
using LabelServer.Bundles;
using LabelServer.Datasets;
using LabelServer.Imaging;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver data merge-masks DIR OUT</c>: one mask file a structure becomes one label file a subject.</summary>
internal sealed class MergeMasksCommand
{
    private readonly Argument<string> _folder = new("DIR") { Description = "A folder of the TotalSegmentator data set (SUBJECT/segmentations/STRUCTURE.nii.gz), or one subject of it." };
    private readonly Argument<string> _output = new("OUT") { Description = "Where imagesTr and labelsTr are written; created when it is missing." };
    private readonly Option<string> _bundle = new("--bundle", "-b") { Description = "The bundle whose names and values count: its folder, or its name in models.", DefaultValueFactory = _ => "wholeBody_ct_segmentation" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Make labels anew that are there already." };
    private readonly Option<bool> _link = new("--link") { Description = "Link the images instead of copying them." };

    /// <summary>Creates the command.</summary>
    public static Command Create() => new MergeMasksCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command("merge-masks", "Merges the masks of each subject into one label with the bundle's values.") { _folder, _output, _bundle, _overwrite, _link };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var output = result.InvocationConfiguration.Output;
        try
        {
            var named = result.GetValue(_bundle)!;
            var bundle = Bundle.Open(Directory.Exists(named) ? named : Path.Combine(ContentRoot.Folder, "models", named));
            var values = bundle.Metadata.Labels.Where(l => l.Key > 0).ToDictionary(l => l.Value, l => l.Key, StringComparer.Ordinal);
            if (values.Count == 0 || values.Values.Max() > byte.MaxValue)
            {
                throw new DatasetException($"The bundle '{bundle.Name}' has {values.Count} labels in its metadata; 1 to 255 can be merged into one file.");
            }

            var writer = new MaskDatasetWriter(Path.GetFullPath(result.GetValue(_output)!), new MaskMerger(values), result.GetValue(_overwrite), result.GetValue(_link), output);
            var merged = await writer.WriteAsync(MaskSubject.Find(result.GetValue(_folder)!), cancellationToken);
            await output.WriteLineAsync(FormattableString.Invariant($"{merged.Count} label(s) written, {merged.Count(m => m.Overlaps.Count > 0)} with overlaps, {merged.Count(m => m.Missing.Count > 0)} with missing structures. Details: merge-masks.json"));
            return 0;
        }
        catch (Exception error) when (error is DatasetException or BundleException or ImagingException or IOException or UnauthorizedAccessException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(error.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync("Cancelled. The labels that are finished stay; give the command again to go on.");
            return ExitCodes.Cancelled;
        }
    }
}
