namespace LabelServer.Inference.Networks;

/// <summary>How a network doubles the size of its features.</summary>
public enum UpsampleMode
{
    /// <summary>Linear interpolation, without weights.</summary>
    NonTrainable,

    /// <summary>Transposed convolution of kernel 2 and stride 2.</summary>
    Deconvolution,

    /// <summary>A convolution to 2^dims times the channels, which are then laid side by side, padded and averaged.</summary>
    PixelShuffle,
}
