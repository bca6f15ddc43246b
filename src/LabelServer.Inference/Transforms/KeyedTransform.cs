namespace LabelServer.Inference.Transforms;

/// <summary>A transform that does the same to each of its keys.</summary>
public abstract class KeyedTransform : ITransform
{
    /// <summary>Creates a transform of the given items.</summary>
    protected KeyedTransform(TransformKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Keys = keys;
    }

    /// <summary>The items that are changed.</summary>
    public TransformKeys Keys { get; }

    /// <inheritdoc/>
    public virtual void Apply(Sample sample, TransformContext context)
    {
        foreach (var (item, index) in Keys.In(sample))
        {
            Apply(item, index, context);
        }
    }

    /// <summary>Does the step to one item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="index">Its position in the keys, for arguments that differ from key to key.</param>
    /// <param name="context">Threads, cancellation, randomness.</param>
    protected abstract void Apply(SampleItem item, int index, TransformContext context);
}
