using LabelServer.Imaging.Cropping;
using LabelServer.Inference.Transforms.Cropping;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Sets to 0 what another item does not select (MONAI's <c>MaskIntensityd</c>).</summary>
public sealed class MaskIntensity : KeyedTransform
{
    private readonly string _maskKey;
    private readonly ValueSelection _selection;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="maskKey">The item that selects; one channel for all, or as many as the image.</param>
    /// <param name="selection">Which of its values select.</param>
    public MaskIntensity(TransformKeys keys, string maskKey, ValueSelection selection)
        : base(keys)
    {
        _maskKey = maskKey;
        _selection = selection;
    }

    /// <inheritdoc/>
    public override void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var mask = sample[_maskKey].GetFloat(context);
        foreach (var (item, _) in Keys.In(sample))
        {
            var image = item.GetFloat(context);
            if (mask.Size != image.Size || (mask.Channels != 1 && mask.Channels != image.Channels))
            {
                throw new TransformException(
                    $"The mask '{_maskKey}' ({mask.Channels} channels of {mask.Size}) does not fit '{item.Name}' ({image.Channels} channels of {image.Size}).");
            }

            for (var channel = 0; channel < image.Channels; channel++)
            {
                var values = image.Channel(channel);
                var selects = mask.Channel(mask.Channels == 1 ? 0 : channel);
                for (var n = 0; n < values.Length; n++)
                {
                    values[n] = _selection.Selects(selects[n]) ? values[n] : 0;
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context) => throw new NotSupportedException("MaskIntensity needs the whole sample.");

    internal static MaskIntensity Create(TransformArguments arguments)
    {
        if (arguments.Has("mask_data"))
        {
            arguments.Problem("mask_data", "is not supported; name an item with mask_key");
        }

        return new MaskIntensity(
            arguments.Keys,
            arguments.Require("mask_key", ArgumentKinds.Text, ""),
            arguments.Get("select_fn", SelectionArgument.Kind, ValueSelection.Positive));
    }
}
