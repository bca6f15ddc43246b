using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Reads items from their files (MONAI's <c>LoadImaged</c>). Items that hold a volume already are left as they are.</summary>
/// <remarks>MONAI gives float32 at once; here the file's number type is kept until a step needs another, which saves half the memory of a CT scan and changes no value.</remarks>
public sealed class LoadImage : KeyedTransform, IAsyncTransform
{
    private readonly SampleType? _type;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="type">A whole-number type that values are cut to, or null.</param>
    public LoadImage(TransformKeys keys, SampleType? type = null)
        : base(keys) => _type = type;

    /// <inheritdoc/>
    public async Task ApplyAsync(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var (item, _) in Keys.In(sample))
        {
            if (!item.IsLoaded)
            {
                await ReadAsync(item, context);
            }

            Cast(item, context);
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!item.IsLoaded)
        {
            throw new InvalidOperationException($"'{item.Name}' is to be read from a file; run the chain with ApplyAsync.");
        }

        Cast(item, context);
    }

    internal static LoadImage Create(TransformArguments arguments)
    {
        arguments.Ignore(
            "reader", "meta_keys", "meta_key_postfix", "overwriting", "ensure_channel_first", "simple_keys", "prune_meta_pattern", "prune_meta_sep", "expanduser", "channel_dim",
            "series_name", "series_meta", "reverse_indexing", "squeeze_non_spatial_dims", "affine_lps_to_ras");
        var type = arguments.Get("dtype", ArgumentKinds.OrNone(SampleTypeArgument.Kind), null);
        return new LoadImage(arguments.Keys, type is { } whole && !SampleTypes.IsFloatingPoint(whole) ? whole : null);
    }

    private static async Task ReadAsync(SampleItem item, TransformContext context)
    {
        var path = item.Source.Path ?? throw new TransformException($"'{item.Name}' ({item.Source.Name}) has neither a volume nor a file.");
        try
        {
            var volume = await VolumeReader.ReadAsync(path, cancellationToken: context.CancellationToken);
            item.SetLoaded(volume, item.Source with { OriginalGrid = volume.Grid, OriginalChannelAxis = volume.Channels > 1 ? -1 : null });
        }
        catch (IOException exception)
        {
            throw new TransformException($"The file of '{item.Source.Name}' cannot be read: {exception.Message}", exception);
        }
    }

    private void Cast(SampleItem item, TransformContext context)
    {
        if (_type is { } type && SampleTypes.IsFloatingPoint(item.View.Stored.SampleType))
        {
            item.Replace(SampleConversion.Convert(item.GetVolume(context), type, context.Parallel));
        }
    }
}
