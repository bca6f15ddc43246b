using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>A convolution of stride 1 of an image with one or few channels, whose weights' gradient is a matrix product. A function of autograd for the CPU.</summary>
/// <remarks>
/// libtorch has no fast gradient of such weights: for 1 → 16 channels of 3×3×3 it takes as long as that of the 16 → 16 layers after it. With the neighbours of each voxel in a row, block by
/// block, it is one product [out, voxels] × [voxels, in·27]. The forward pass is libtorch's; the image gets no gradient.
/// </remarks>
internal sealed class FewChannelConvolution : autograd.SingleTensorFunction<FewChannelConvolution>
{
    private const int MostChannels = 4;
    private const long BlockVoxels = 1 << 15;

    /// <inheritdoc/>
    public override string Name => nameof(FewChannelConvolution);

    /// <summary>Whether the function is made for these tensors: an image [N, C, X, Y, Z] without gradient on the CPU and a cubic kernel.</summary>
    public static bool Takes(Tensor input, Tensor weight) =>
        input.dim() == 5 && input.shape[1] <= MostChannels && !input.requires_grad && weight.requires_grad && is_grad_enabled() && input.device.type == DeviceType.CPU && weight.shape[2] > 1;

    /// <summary>Arguments: input [N, C, X, Y, Z], weight [out, C, k, k, k].</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([input, weight]);
        var padding = (weight.shape[2] - 1) / 2;
        return PlainConvolution.Apply(input, weight, null, [1, 1, 1], [padding, padding, padding]);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradient.Release();
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (input, weight) = (saved[0].detach(), saved[1].detach());
        var (outputs, kernel) = (weight.shape[0], weight.shape[2]);
        var padding = (kernel - 1) / 2;
        var padded = nn.functional.pad(input, [padding, padding, padding, padding, padding, padding]);
        var gradient = TorchLayout.ToLast(grad_output);
        var sum = zeros([outputs, weight.numel() / outputs]);
        var (planes, area) = (input.shape[2], input.shape[3] * input.shape[4]);
        var thickness = Math.Clamp(BlockVoxels / area, 1, planes);
        for (var sample = 0L; sample < input.shape[0]; sample++)
        {
            for (var x = 0L; x < planes; x += thickness)
            {
                using var block = NewDisposeScope();
                var count = Math.Min(thickness, planes - x);
                var neighbours = padded.select(0, sample).narrow(1, x, count + kernel - 1).unfold(1, kernel, 1).unfold(2, kernel, 1).unfold(3, kernel, 1);
                var rows = neighbours.permute(1, 2, 3, 0, 4, 5, 6).reshape(count * area, -1);
                var errors = gradient.select(0, sample).narrow(0, x, count).reshape(count * area, outputs);
                sum.add_(mm(errors.t(), rows));
            }
        }

        grad_output.Dispose();
        return [null!, sum.reshape(weight.shape).to(weight.dtype).MoveToOuterDisposeScope()];
    }
}
