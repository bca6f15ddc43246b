using LabelServer.Imaging;

namespace LabelServer.Inference.Transforms;

/// <summary>A chain of transforms, done one after the other (MONAI's <c>Compose</c>).</summary>
/// <remarks>A failure is reported with the step's name and number and the images' names.</remarks>
public sealed class Compose : IAsyncTransform, IInvertibleTransform
{
    private readonly TransformStep[] _steps;

    /// <summary>Makes a chain of steps; nested chains are taken apart.</summary>
    public Compose(IEnumerable<TransformStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        _steps = [.. steps.SelectMany(s => s.Transform is Compose inner ? inner._steps : [s])];
    }

    /// <summary>The steps in order, without nesting.</summary>
    public IReadOnlyList<TransformStep> Steps => _steps;

    /// <summary>The steps from <paramref name="start"/> (inclusive) to <paramref name="end"/> (exclusive) as a chain of their own.</summary>
    public Compose Slice(int start, int end) => new(_steps[start..end]);

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var step in _steps)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                step.Transform.Apply(sample, context);
            }
            catch (Exception exception) when (exception is ImagingException or TransformException)
            {
                throw Describe(step, sample, exception);
            }
        }
    }

    /// <summary>Does the steps; those that read files do so without blocking a thread.</summary>
    /// <inheritdoc cref="ITransform.Apply"/>
    public async Task ApplyAsync(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var step in _steps)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (step.Transform is IAsyncTransform asynchronous)
                {
                    await asynchronous.ApplyAsync(sample, context);
                }
                else
                {
                    step.Transform.Apply(sample, context);
                }
            }
            catch (Exception exception) when (exception is ImagingException or TransformException)
            {
                throw Describe(step, sample, exception);
            }
        }
    }

    private static TransformException Describe(TransformStep step, Sample sample, Exception exception)
    {
        var images = string.Join(", ", sample.Items.Select(i => i.Source.Name).Distinct());
        return new TransformException($"Step {step.Target} ({step.Id}) failed for {images}: {exception.Message}", exception);
    }
}
