namespace LabelServer.Inference.Transforms;

/// <summary>One step of a chain: changes named items of a sample in place.</summary>
/// <remarks>A transform is immutable after construction and may be used by several threads at once, each with its own sample.</remarks>
public interface ITransform
{
    /// <summary>Does the step.</summary>
    /// <param name="sample">The items; those that are replaced are disposed by the sample.</param>
    /// <param name="context">Threads, cancellation, randomness.</param>
    /// <exception cref="TransformException">The step cannot be done with this sample.</exception>
    /// <exception cref="Imaging.ImagingException">An image cannot be read or its geometry makes no sense.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the sample may be between two steps and is only good for disposal.</exception>
    void Apply(Sample sample, TransformContext context);
}
