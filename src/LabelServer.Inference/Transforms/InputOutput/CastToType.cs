using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Changes the number type (MONAI's <c>CastToTyped</c>, <c>EnsureTyped</c> with a dtype).</summary>
public sealed class CastToType : KeyedTransform
{
    private readonly PerKey<SampleType?> _type;

    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="type">For each key the number type; null leaves it as it is.</param>
    public CastToType(TransformKeys keys, PerKey<SampleType?> type)
        : base(keys) => _type = type;

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);

        // To float32 nothing is done yet: every step that needs it converts, and a resampling does so on the way, without a copy of the whole scan.
        if (_type[index] is { } type && type != item.View.Stored.SampleType && type != SampleType.Float32)
        {
            item.Replace(SampleConversion.Convert(item.GetVolume(context), type, context.Parallel));
        }
    }

    internal static CastToType Create(TransformArguments arguments) =>
        new(arguments.Keys, arguments.GetPerKey("dtype", ArgumentKinds.OrNone(SampleTypeArgument.Kind), SampleType.Float32));

    internal static CastToType CreateEnsureType(TransformArguments arguments)
    {
        arguments.Ignore("data_type", "device", "wrap_sequence", "track_meta");
        return new CastToType(arguments.Keys, arguments.GetPerKey("dtype", ArgumentKinds.OrNone(SampleTypeArgument.Kind), null));
    }
}
