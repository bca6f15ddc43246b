using LabelServer.Learning.Networks.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A normalisation with the activation behind it. Without gradients, group normalisation and ReLU of a channels-last tensor are one pass over it after the one that adds up.</summary>
internal static class NormalizedActivation
{
    /// <summary>Applies both.</summary>
    /// <returns>A tensor of its own; the caller disposes it.</returns>
    public static Tensor Apply(nn.Module<Tensor, Tensor> norm, nn.Module<Tensor, Tensor> activation, Tensor input)
    {
        if (!is_grad_enabled() && activation is ReLU && norm is GroupNormalization { IsAffine: true } group && ChannelsLastGroupNorm.Takes(input, group.Groups))
        {
            return RectifiedGroupNorm.Apply(input, group.get_parameter("weight")!, group.get_parameter("bias")!, group.Groups, group.Epsilon);
        }

        using var normalized = norm.call(input);
        return activation.call(normalized);
    }
}
