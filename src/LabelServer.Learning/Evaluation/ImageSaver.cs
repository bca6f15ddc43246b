using LabelServer.Bundles.Config;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Evaluation;

/// <summary>Writes what a chain's <c>SaveImaged</c> names, to the place that MONAI's would write it to.</summary>
/// <remarks>
/// <para>Source: MONAI@d388d1c6 monai/transforms/io/array.py (SaveImage), monai/data/utils.py (create_file_basename): <c>OUT/[relative folder/]NAME/NAME_POSTFIX.EXT</c>.</para>
/// <para>With <c>resample</c>, an image that is still on the network's grid goes back to its own; the nearest voxel is taken, as MONAI's default.</para>
/// </remarks>
internal sealed class ImageSaver
{
    private readonly SaveImage _step;
    private readonly string _folder;
    private readonly string _postfix;
    private readonly VolumeFileType _type;
    private readonly SampleType _sampleType;
    private readonly string _dataRoot;
    private readonly bool _separateFolder;

    /// <summary>Reads what the step asks for.</summary>
    /// <param name="step">The step.</param>
    /// <param name="id">Its place in the config, for messages.</param>
    /// <param name="bundleFolder">What relative folders are taken from.</param>
    /// <exception cref="ComponentException">Something is not supported.</exception>
    public ImageSaver(SaveImage step, string id, string bundleFolder)
    {
        _step = step;
        var arguments = new ComponentArguments(new ConfigValue.Component(id, "SaveImaged", [.. step.Arguments]));

        // How the resampling of a label map would be computed, and what is printed, change no voxel; the writer follows from the extension.
        arguments.Ignore("dtype", "print_log", "squeeze_end_dims", "meta_keys", "meta_key_postfix", "savepath_in_metadict", "padding_mode", "align_corners", "channel_dim", "writer", "output_format");
        _folder = Path.GetFullPath(arguments.Text("output_dir") ?? ".", bundleFolder);
        _postfix = arguments.Text("output_postfix") ?? "trans";
        var extension = arguments.Text("output_ext") is { Length: > 0 } written ? written : ".nii.gz";
        _type = VolumeFileTypes.TryFromName("image" + extension, out var type)
            ? type.Value
            : throw arguments.Wrong("output_ext", new ConfigValue.Text(extension), "one of .nii.gz, .nii, .nrrd, .seg.nrrd");
        _sampleType = TypeOf(arguments);
        _dataRoot = arguments.Text("data_root_dir") ?? string.Empty;
        _separateFolder = arguments.Boolean("separate_folder", true);
        if (step.Resample)
        {
            arguments.Word("mode", true, ("nearest", true));
        }
        else
        {
            arguments.Ignore("mode");
        }

        arguments.RequireAllRead();
    }

    /// <summary>Writes the items.</summary>
    /// <param name="sample">The sample after its chain.</param>
    /// <param name="image">The image's file as the config names it.</param>
    /// <param name="imageKey">The item that holds the original grid.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <returns>The full paths of the files written.</returns>
    public async Task<IReadOnlyList<string>> SaveAsync(Sample sample, string image, string imageKey, TransformContext context)
    {
        var files = new List<string>();
        foreach (var (item, _) in _step.Keys.In(sample))
        {
            var original = sample[imageKey];
            if (_step.Resample && original.Source.OriginalGrid is { } grid && item.Grid.Size != grid.Size)
            {
                item.Replace(Invert.Undo(item.View, original.Trace, Interpolation.Nearest, context.Parallel));
            }

            var path = PathOf(image);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var volume = item.GetVolume(context);
            if (volume.SampleType == _sampleType)
            {
                await VolumeWriter.WriteAsync(volume, path, null, context.CancellationToken);
            }
            else
            {
                using var converted = SampleConversion.Convert(volume, _sampleType, context.Parallel);
                await VolumeWriter.WriteAsync(converted, path, null, context.CancellationToken);
            }

            files.Add(path);
        }

        return files;
    }

    private string PathOf(string image)
    {
        var name = Path.GetFileNameWithoutExtension(image);
        name = Path.GetExtension(image) == ".gz" ? Path.GetFileNameWithoutExtension(name) : name;
        var folder = _dataRoot.Length > 0 && Path.GetDirectoryName(image) is { Length: > 0 } own ? Path.Combine(_folder, Path.GetRelativePath(_dataRoot, own)) : _folder;
        var file = (_postfix.Length > 0 ? $"{name}_{_postfix}" : name) + VolumeFileTypes.ExtensionOf(_type);
        return Path.Combine(_separateFolder ? Path.Combine(folder, name) : folder, file);
    }

    private static SampleType TypeOf(ComponentArguments arguments) => (arguments.Text("output_dtype") ?? "numpy.float32").Split('.')[^1] switch
    {
        "uint8" => SampleType.UInt8,
        "int8" => SampleType.Int8,
        "uint16" => SampleType.UInt16,
        "int16" => SampleType.Int16,
        "uint32" => SampleType.UInt32,
        "int32" => SampleType.Int32,
        "uint64" => SampleType.UInt64,
        "int64" => SampleType.Int64,
        "float32" => SampleType.Float32,
        "float64" => SampleType.Float64,
        _ => throw arguments.Wrong("output_dtype", arguments.Get("output_dtype")!, "a number type such as numpy.uint8"),
    };
}
