using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Transforms;

/// <summary>Where a bundle's chain would write its result (MONAI's <c>SaveImaged</c>). Here it only marks which item is the answer; the pipeline decides how it is written.</summary>
public sealed class SaveImage : KeyedTransform
{
    /// <summary>Creates the marker.</summary>
    /// <param name="keys">The items that are answers.</param>
    /// <param name="resample">Whether MONAI would put the item back on its original grid while saving (its default is true).</param>
    /// <param name="arguments">What the bundle asks for (output_dir, output_ext, output_dtype, …), for a command line that honours it.</param>
    public SaveImage(TransformKeys keys, bool resample, IReadOnlyDictionary<string, ConfigValue> arguments)
        : base(keys)
    {
        Resample = resample;
        Arguments = arguments;
    }

    /// <summary>Whether MONAI would put the item back on its original grid while saving.</summary>
    public bool Resample { get; }

    /// <summary>The arguments as written.</summary>
    public IReadOnlyDictionary<string, ConfigValue> Arguments { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
    }

    internal static SaveImage Create(TransformArguments arguments)
    {
        var kept = new Dictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)[
            "output_dir", "output_postfix", "output_ext", "output_dtype", "dtype", "mode", "padding_mode", "scale", "align_corners", "squeeze_end_dims", "data_root_dir", "separate_folder",
            "print_log", "output_format", "writer", "output_name_formatter", "folder_layout", "channel_dim", "savepath_in_metadict", "meta_keys", "meta_key_postfix"])
        {
            if (arguments.Has(name))
            {
                kept[name] = arguments.Get(name, ArgumentKinds.Any, ConfigValue.Null.Instance);
            }
        }

        return new SaveImage(arguments.Keys, arguments.Get("resample", ArgumentKinds.Boolean, true), kept);
    }
}
