namespace LabelServer.Inference.Transforms;

/// <summary>A step that waits for something, such as a file. <see cref="Compose.ApplyAsync"/> runs these without blocking a thread.</summary>
public interface IAsyncTransform : ITransform
{
    /// <inheritdoc cref="ITransform.Apply"/>
    Task ApplyAsync(Sample sample, TransformContext context);
}
