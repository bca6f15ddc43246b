using System.Text.RegularExpressions;
using LabelServer.Imaging.Formats;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>Checks a job's parameters and puts them into the first message to the worker.</summary>
internal static partial class InferHeaderFactory
{
    private const string DefaultExtension = ".nii.gz";

    /// <summary>The header of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="model">Its model as it is now.</param>
    /// <param name="runtime">The server's choice of the library: <c>auto</c>, <c>torch</c> or <c>onnx</c>.</param>
    /// <exception cref="ParameterRefusedException">A parameter is out of its range.</exception>
    /// <exception cref="ModelNotUsableException">The weights that it asks for are missing.</exception>
    public static InferHeader Create(InferenceJob job, ModelDescription model, string runtime = "auto")
    {
        var asked = job.Parameters;
        var weights = WeightsChoice.For(model, asked.ModelFilename, asked.Highres);
        var parameters = new InferParameters
        {
            ModelFilename = weights.FileName,
            LargestCc = asked.LargestCc ?? false,
            RestoreLabelIdx = asked.RestoreLabelIdx,
            ResultExtension = Extension(asked.ResultExtension, job),
            ResultDtype = asked.ResultDtype ?? string.Empty,
            ResultCompress = asked.ResultCompress,
            Device = Device(asked.Device, model),
            Runtime = runtime switch
            {
                "torch" => Runtime.Torch,
                "onnx" => Runtime.Onnx,
                _ => Runtime.Auto,
            },
            Precision = asked.Precision switch
            {
                InferencePrecision.Float32 => Precision.Float32,
                InferencePrecision.BFloat16 => Precision.Bfloat16,
                _ => Precision.Auto,
            },
        };
        if (weights.Highres is { } highres)
            parameters.Highres = highres;
        if (asked.SwOverlap is { } overlap)
            parameters.SwOverlap = overlap is >= 0 and < 1 ? overlap : throw Refused("sw_overlap", overlap, "Use 0 up to, not including, 1; usual is 0.25.");
        if (asked.SwBatchSize is { } batch)
            parameters.SwBatchSize = batch is >= 1 and <= 256 ? batch : throw Refused("sw_batch_size", batch, "Use 1 to 256.");
        if (asked.RoiSize is { Count: > 0 } roi)
        {
            if (roi.Count != model.Dimension || roi.Any(n => n is < 1 or > 4096))
                throw Refused("roi_size", string.Join(", ", roi), $"Give {model.Dimension} sizes of 1 to 4096 voxels.");
            parameters.RoiSize.AddRange(roi);
        }

        if (!asked.RestoreLabelIdx && model.Labels.Any(label => model.ChannelLabels[label.Key] != label.Value))
        {
            foreach (var (name, rank) in model.Labels)
                parameters.LabelValues[model.ChannelLabels[name]] = rank;
        }

        if (asked.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            throw Refused("timeout", timeout.TotalSeconds, "Give a number of seconds above 0.");
        foreach (var (key, value) in asked.Displayable.Where(entry => model.Config.ContainsKey(entry.Key)))
            parameters.Displayable[key] = value.GetRawText();
        return new InferHeader { ImageName = job.ImageName, BundleFolder = model.Folder, Parameters = parameters, Parts = job.Parts.Count };
    }

    /// <summary>Checks parameters before there is an image, so that a batch is refused at once and not image by image.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static void Check(InferenceParameters parameters, ModelDescription model)
        => Create(new InferenceJob { Model = model.Id, ImageName = "each image", Parts = [new InferenceImagePart("image" + DefaultExtension, _ => Task.FromResult(Stream.Null))], Parameters = parameters }, model);

    // "cuda" without a GPU means the CPU, as in MONAI Label; the worker sees to that.
    private static string Device(string? asked, ModelDescription model)
    {
        var name = asked?.Trim() ?? string.Empty;
        var offered = model.Config.TryGetValue("device", out var devices) ? (IReadOnlyList<string>)devices : [];
        return name.Length == 0 || DeviceId().IsMatch(name) || offered.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? name
            : throw Refused("device", name, $"Use {string.Join(", ", offered)}.");
    }

    private static string Extension(string? asked, InferenceJob job)
    {
        if (string.IsNullOrEmpty(asked))
            return VolumeFileTypes.TryFromName(job.Parts[0].Name, out var own) ? VolumeFileTypes.ExtensionOf(own.Value) : DefaultExtension;
        var dotted = asked[0] == '.' ? asked : "." + asked;
        return VolumeFileTypes.TryFromName(dotted, out var type) && VolumeFileTypes.ExtensionOf(type.Value).Equals(dotted, StringComparison.OrdinalIgnoreCase)
            ? VolumeFileTypes.ExtensionOf(type.Value)
            : throw Refused("result_extension", asked, "Use .nrrd, .seg.nrrd, .nii or .nii.gz.");
    }

    [GeneratedRegex("^(auto|cpu|(cuda|directml)(:[0-9]{1,3})?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DeviceId();

    private static ParameterRefusedException Refused(string name, object value, string way) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The parameter {name} can not be {value}. {way}"));
}
