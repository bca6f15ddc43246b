using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>libtorch's convolution, except where it is wrong: the way of every convolution of the networks that is not transposed.</summary>
/// <remarks>
/// oneDNN 3.7, which libtorch 2.10 computes by, chooses how it works by the sizes of the caches. Where a virtual machine hides them it computes bfloat16 convolutions of a single channel altogether
/// wrongly, unless the channels out are multiples of 16; with a second channel of zeros it does not. Only a network's first layers have a single channel, so the second one costs next to nothing.
/// Seen on the same machine: the bfloat16 gradient of weights whose kernel is longer than the volume, now and then with values that are no numbers. Such volumes are so small that float32 costs nothing.
/// </remarks>
internal static class PlainConvolution
{
    /// <summary>Applies it; differentiable.</summary>
    /// <param name="input">[N, C, X, Y(, Z)].</param>
    /// <param name="weight">[out, C, kernel …].</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="stride">Along each axis.</param>
    /// <param name="padding">On both sides of each axis.</param>
    /// <param name="dilation">The distance between the kernel's values along each axis; null for 1.</param>
    /// <returns>[N, out, …]; the caller disposes it.</returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias, long[] stride, long[] padding, long[]? dilation = null)
    {
        using var scope = NewDisposeScope();
        if (IsShorterThanKernel(input, weight))
        {
            return Apply(input.to(ScalarType.Float32), weight.to(ScalarType.Float32), bias?.to(ScalarType.Float32), stride, padding, dilation).to(input.dtype).MoveToOuterDisposeScope();
        }

        var (image, filter) = NeedsSecondChannel(input) ? (WithSecondChannel(input), WithSecondChannel(weight)) : (input, weight);
        var output = stride.Length == 2
            ? nn.functional.conv2d(image, filter, bias, stride, padding, dilation)
            : nn.functional.conv3d(image, filter, bias, stride, padding, dilation);
        return output.MoveToOuterDisposeScope();
    }

    private static bool IsRoundedOnCpu(Tensor input) => input.dtype == ScalarType.BFloat16 && input.device.type == DeviceType.CPU;

    private static bool NeedsSecondChannel(Tensor input) => IsRoundedOnCpu(input) && input.shape[1] == 1;

    private static bool IsShorterThanKernel(Tensor input, Tensor weight) => IsRoundedOnCpu(input) && input.shape.Zip(weight.shape).Skip(2).Any(axis => axis.First < axis.Second);

    private static Tensor WithSecondChannel(Tensor tensor) => TorchLayout.ImageLast(cat([tensor, zeros_like(tensor)], 1));
}
