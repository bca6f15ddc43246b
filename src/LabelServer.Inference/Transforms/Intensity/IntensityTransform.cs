namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>A step that changes intensities in place, over all channels at once or channel by channel.</summary>
public abstract class IntensityTransform : KeyedTransform
{
    private readonly bool _channelWise;

    /// <summary>Creates the step.</summary>
    protected IntensityTransform(TransformKeys keys, bool channelWise)
        : base(keys) => _channelWise = channelWise;

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(context);
        var volume = item.GetFloat(context);
        if (!_channelWise)
        {
            Change(volume.Memory, 0, context);
            return;
        }

        var voxels = (int)volume.Size.VoxelCount;
        for (var channel = 0; channel < volume.Channels; channel++)
        {
            Change(volume.Memory.Slice(channel * voxels, voxels), channel, context);
        }
    }

    /// <summary>Changes samples in place.</summary>
    /// <param name="samples">All samples, or those of one channel.</param>
    /// <param name="channel">The channel, or 0 for all.</param>
    /// <param name="context">Threads, cancellation, randomness.</param>
    protected abstract void Change(Memory<float> samples, int channel, TransformContext context);
}
