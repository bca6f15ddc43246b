namespace LabelServer.Inference.Pipelines;

/// <summary>The stages of an inference, in order.</summary>
public enum InferenceStage
{
    /// <summary>Weights are read, if they are not loaded yet.</summary>
    Loading,

    /// <summary>The image is read, oriented, resampled and normalised.</summary>
    Preprocessing,

    /// <summary>Windows go through the network.</summary>
    Network,

    /// <summary>The result goes back to the grid of the image, and is finished.</summary>
    Postprocessing,
}
