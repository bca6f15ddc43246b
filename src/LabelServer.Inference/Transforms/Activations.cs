using LabelServer.Imaging.Labels;

namespace LabelServer.Inference.Transforms;

/// <summary>Turns a network's scores into probabilities (MONAI's <c>Activationsd</c>): the sigmoid of each score, or the softmax over an axis.</summary>
public sealed class Activations : KeyedTransform
{
    /// <summary>Creates the step.</summary>
    /// <param name="keys">The items.</param>
    /// <param name="sigmoid">For each key, whether the sigmoid is taken.</param>
    /// <param name="softmax">For each key, whether the softmax is taken.</param>
    /// <param name="dimension">The axis of the softmax: 0 the channels, 1, 2, 3 the axes i, j, k.</param>
    public Activations(TransformKeys keys, PerKey<bool> sigmoid, PerKey<bool> softmax, int dimension = 0)
        : base(keys)
    {
        Sigmoid = sigmoid;
        Softmax = softmax;
        Dimension = dimension;
    }

    /// <summary>For each key, whether the sigmoid is taken.</summary>
    public PerKey<bool> Sigmoid { get; }

    /// <summary>For each key, whether the softmax is taken.</summary>
    public PerKey<bool> Softmax { get; }

    /// <summary>The axis of the softmax: 0 the channels, 1, 2, 3 the axes i, j, k.</summary>
    public int Dimension { get; }

    /// <inheritdoc/>
    protected override void Apply(SampleItem item, int index, TransformContext context)
    {
        if (Sigmoid[index])
        {
            Activation.Sigmoid(item.GetFloat(context), context.Parallel);
        }

        if (Softmax[index])
        {
            Activation.Softmax(item.GetFloat(context), Dimension, context.Parallel);
        }
    }

    internal static Activations Create(TransformArguments arguments)
    {
        if (arguments.Has("other"))
        {
            arguments.Problem("other", "functions of a bundle are never run; use sigmoid or softmax");
        }

        var dimension = arguments.Get("dim", ArgumentKinds.Integer, 0);
        if (dimension is < -4 or > 3)
        {
            arguments.Problem("dim", "expected 0 (channels) to 3");
        }

        return new Activations(
            arguments.Keys,
            arguments.GetPerKey("sigmoid", ArgumentKinds.Boolean, false),
            arguments.GetPerKey("softmax", ArgumentKinds.Boolean, false),
            (dimension + 4) % 4);
    }
}
