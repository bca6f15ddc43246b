using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Memory layout of tensors. TorchSharp has no memory_format argument; permuting, copying and permuting back gives the same strides.</summary>
internal static class TorchLayout
{
    /// <summary>The same values with the channel fastest in memory; the argument is disposed.</summary>
    public static Tensor ChannelsLast(Tensor tensor)
    {
        using var owned = tensor;
        using var last = ToLast(tensor);
        using var dense = last.contiguous();
        return ToFirst(dense);
    }

    /// <summary>An image [N, C, X, Y(, Z)] with the channel fastest, in the caller's scope.</summary>
    /// <remarks>
    /// With one channel both orders are the same memory, and libtorch goes by the strides. Those of the other order make oneDNN copy the image into blocks of channels, by which it computes more
    /// convolutions wrongly than <see cref="Kernels.PlainConvolution"/> tells of: float32 ones of 17 to 31 channels, too.
    /// </remarks>
    public static Tensor ImageLast(Tensor image)
    {
        long[] shape = [image.shape[0], .. image.shape[2..], 1];
        return ToFirst(image.shape[1] == 1 ? image.contiguous().view(shape) : ToLast(image).contiguous());
    }

    /// <summary>[N, C, X, Y(, Z)] seen as [N, X, Y(, Z), C].</summary>
    public static Tensor ToLast(Tensor tensor) => tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor.permute(0, 2, 3, 4, 1);

    /// <summary>[N, X, Y(, Z), C] seen as [N, C, X, Y(, Z)].</summary>
    public static Tensor ToFirst(Tensor tensor) => tensor.dim() == 4 ? tensor.permute(0, 3, 1, 2) : tensor.permute(0, 4, 1, 2, 3);

    /// <summary>Puts all convolution weights of a module into channels-last order.</summary>
    public static void ConvertWeights(nn.Module module)
    {
        using var gradient = no_grad();
        foreach (var (_, parameter) in module.named_parameters())
        {
            if (parameter.dim() is 4 or 5)
            {
                using var detached = parameter.detach();
                using var converted = ChannelsLast(detached.alias());
                parameter.set_(converted);
            }
        }
    }
}
