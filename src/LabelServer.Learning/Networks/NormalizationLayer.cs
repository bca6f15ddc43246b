using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Makes the normalisation layers that MONAI names: GROUP, BATCH and INSTANCE.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/layers/utils.py:get_norm_layer; defaults are PyTorch's: instance normalisation has no weights unless <c>affine</c> says so.</remarks>
public static class NormalizationLayer
{
    /// <summary>Makes a layer for a tensor [N, channels, …].</summary>
    /// <param name="spec">Which one, with its arguments.</param>
    /// <param name="spatialDims">2 or 3.</param>
    /// <param name="channels">Channels that it normalises.</param>
    /// <exception cref="NetworkUnsupportedException">The name or an argument is not supported, or is not for that many channels.</exception>
    public static nn.Module<Tensor, Tensor> Create(LayerSpec spec, int spatialDims, int channels)
    {
        ArgumentNullException.ThrowIfNull(spec);
        switch (spec.Name)
        {
            case "GROUP":
                spec.Allow("num_groups", "num_channels", "eps", "affine");
                LayerChecks.RequireOwnChannels(spec, "num_channels", channels);
                LayerChecks.RequireGroups(spec.Integer("num_groups", 8), channels);
                return new GroupNormalization(spec.Integer("num_groups", 8), channels, spec.Real("eps", 1e-5), spec.Boolean("affine", true));
            case "BATCH" or "SYNCBATCH":
                spec.Allow("num_features", "eps", "momentum", "affine", "track_running_stats");
                LayerChecks.RequireOwnChannels(spec, "num_features", channels);
                return spatialDims == 2
                    ? nn.BatchNorm2d(
                        channels, spec.Real("eps", 1e-5), spec.Real("momentum", 0.1), spec.Boolean("affine", true), spec.Boolean("track_running_stats", true))
                    : nn.BatchNorm3d(
                        channels, spec.Real("eps", 1e-5), spec.Real("momentum", 0.1), spec.Boolean("affine", true), spec.Boolean("track_running_stats", true));
            case "INSTANCE" or "INSTANCE_NVFUSER":
                spec.Allow("num_features", "eps", "momentum", "affine", "track_running_stats");
                LayerChecks.RequireOwnChannels(spec, "num_features", channels);
                return spatialDims == 2
                    ? nn.InstanceNorm2d(
                        channels, spec.Real("eps", 1e-5), spec.Real("momentum", 0.1), spec.Boolean("affine", false), spec.Boolean("track_running_stats", false))
                    : nn.InstanceNorm3d(
                        channels, spec.Real("eps", 1e-5), spec.Real("momentum", 0.1), spec.Boolean("affine", false), spec.Boolean("track_running_stats", false));
            default:
                throw new NetworkUnsupportedException($"The normalisation '{spec.Name}' is not supported; supported: GROUP, BATCH, SYNCBATCH, INSTANCE.");
        }
    }
}
