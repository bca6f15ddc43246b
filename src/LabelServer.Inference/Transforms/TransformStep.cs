namespace LabelServer.Inference.Transforms;

/// <summary>A transform with its place in the bundle's config.</summary>
/// <param name="Id">Where it stands, such as <c>preprocessing#transforms#3</c>.</param>
/// <param name="Target">The <c>_target_</c> as written, such as <c>Spacingd</c>.</param>
/// <param name="Transform">The step itself.</param>
public sealed record TransformStep(string Id, string Target, ITransform Transform);
