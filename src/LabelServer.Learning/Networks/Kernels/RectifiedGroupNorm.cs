using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>max(0, group normalisation) of channels-last tensors on the CPU, without gradients: y = max(0, scale·x + shift) with numbers for each channel.</summary>
internal static class RectifiedGroupNorm
{
    /// <summary>Applies it to a tensor that <see cref="ChannelsLastGroupNorm.Takes"/>.</summary>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor bias, int groups, double epsilon)
    {
        var (samples, channels) = ((int)input.shape[0], (int)input.shape[1]);
        var kernel = GroupNormKernel.For(input.dtype);
        var output = empty_like(input);
        using var source = TorchLayout.ToLast(input);
        using var target = TorchLayout.ToLast(output);
        var voxels = source.numel() / samples / channels;
        var (gamma, beta) = (Values(weight), Values(bias));
        for (var sample = 0; sample < samples; sample++)
        {
            var from = AddressOf(source, sample);
            var (scale, shift) = GroupStatistics.From(kernel.Sums(from, voxels, channels), groups, voxels, epsilon).Affine(gamma, beta);
            kernel.ApplyRectified(from, AddressOf(target, sample), voxels, scale, shift);
        }

        return output;
    }

    private static float[] Values(Tensor parameter)
    {
        using var single = parameter.detach().to(ScalarType.Float32);
        return single.data<float>().ToArray();
    }

    private static unsafe nint AddressOf(Tensor dense, int sample)
    {
        using var window = dense.select(0, sample);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(window.bytes));
    }
}
