namespace LabelServer.Inference.Uncertainty;

/// <summary>What differs between the repeated predictions of an image.</summary>
public enum UncertaintyMethod
{
    /// <summary>Monte-Carlo dropout: the network drops other features each time.</summary>
    Dropout,

    /// <summary>Test-time augmentation: the image is mirrored along other axes each time and the prediction mirrored back.</summary>
    Flips,
}
