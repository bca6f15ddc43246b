using LabelServer.Inference.Transforms;

namespace LabelServer.Learning.Sampling;

/// <summary>An augmentation that happens with a probability and draws its parameters from the context's random source: the same for all its keys.</summary>
/// <remarks>Which numbers MONAI's own generator (numpy's RandomState) would give is not reproduced; the distributions are. Golden: sampling/*.</remarks>
public abstract class RandomTransform : ITransform
{
    /// <summary>Creates an augmentation.</summary>
    /// <param name="keys">The items that are changed.</param>
    /// <param name="probability">How often it happens (prob), 0 to 1.</param>
    protected RandomTransform(TransformKeys keys, double probability)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Keys = keys;
        Probability = probability;
    }

    /// <summary>The items that are changed.</summary>
    public TransformKeys Keys { get; }

    /// <summary>How often it happens.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    /// <exception cref="TransformException">The context has no random source.</exception>
    public void Apply(Sample sample, TransformContext context)
    {
        var random = RandomOf(context, GetType().Name);
        if (random.NextDouble() < Probability)
        {
            Apply(sample, context, random);
        }
    }

    /// <summary>Draws parameters and changes the items.</summary>
    protected abstract void Apply(Sample sample, TransformContext context, Random random);

    /// <summary>A number from a range, both ends included as far as rounding allows.</summary>
    protected static double Uniform(Random random, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(random);
        return low + ((high - low) * random.NextDouble());
    }

    internal static Random RandomOf(TransformContext context, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Random ?? throw new TransformException($"{name} draws random numbers, but this chain must be deterministic. Random transforms belong to training.");
    }
}
