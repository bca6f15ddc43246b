namespace LabelServer.Inference.Transforms;

/// <summary>A step that leaves a <see cref="SpatialOperation"/> in the trace of each item that it changes, so that <c>Invertd</c> can undo it on another item.</summary>
public interface IInvertibleTransform : ITransform;
