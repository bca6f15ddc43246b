using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Group normalisation of channels-last tensors on the CPU, float32 or bfloat16, as a function of autograd.</summary>
/// <remarks>
/// With x̂ = (x − m)/s for each group of M values, y = γ·x̂ + β. Given g = dL/dy and, for each channel, A = Σ g and B = Σ g·x: dβ = A, dγ = (B − m·A)/s, and
/// dx = γ·g/s + c₂·x + c₃ with c₂ = (m·Σγ·A − Σγ·B)/(s³·M) and c₃ = −m·c₂ − Σγ·A/(s·M), sums over the group's channels.
/// </remarks>
internal sealed class ChannelsLastGroupNorm : autograd.SingleTensorFunction<ChannelsLastGroupNorm>
{
    /// <inheritdoc/>
    public override string Name => nameof(ChannelsLastGroupNorm);

    /// <summary>Whether the tensor is one that the kernel is made for.</summary>
    public static bool Takes(Tensor input, int groups)
    {
        if (input.device.type != DeviceType.CPU || input.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || input.dim() is not (4 or 5) || input.shape[1] % groups != 0)
        {
            return false;
        }

        using var last = TorchLayout.ToLast(input);
        return last.is_contiguous() && input.shape[1] > 1;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var (groups, epsilon) = ((int)vars[3], (double)vars[4]);
        var (samples, channels) = ((int)input.shape[0], (int)input.shape[1]);
        var kernel = GroupNormKernel.For(input.dtype);
        using var scope = NewDisposeScope();
        var source = TorchLayout.ToLast(input);

        // With the input's strides, and no view of another tensor: an activation may then work in place on it.
        var output = empty_like(input);
        var target = TorchLayout.ToLast(output);
        var voxels = source.numel() / samples / channels;
        var statistics = new GroupStatistics[samples];
        var (gamma, beta) = (Values(weight), Values(bias));
        for (var sample = 0; sample < samples; sample++)
        {
            var from = AddressOf(source, sample);
            statistics[sample] = GroupStatistics.From(kernel.Sums(from, voxels, channels), groups, voxels, epsilon);
            var (scale, shift) = statistics[sample].Affine(gamma, beta);
            kernel.Apply(from, AddressOf(target, sample), voxels, scale, shift);
        }

        ctx.save_for_backward([input, weight]);
        ctx.save_data(nameof(GroupStatistics), statistics);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReturnedGradient.Release();
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (input, weight) = (saved[0], saved[1]);
        var statistics = (GroupStatistics[])ctx.get_data(nameof(GroupStatistics))!;
        var channels = (int)input.shape[1];
        var kernel = GroupNormKernel.For(input.dtype);
        var source = TorchLayout.ToLast(input);
        var given = TorchLayout.ToLast(grad_output).to(input.dtype).contiguous();
        var gradient = empty_like(input);
        var result = TorchLayout.ToLast(gradient);
        var voxels = source.numel() / statistics.Length / channels;
        var gamma = Values(weight);
        var (gradGamma, gradBeta) = (new float[channels], new float[channels]);
        for (var sample = 0; sample < statistics.Length; sample++)
        {
            var (x, g) = (AddressOf(source, sample), AddressOf(given, sample));
            var sums = kernel.Products(g, x, voxels, channels);
            var (byGradient, byInput, constant) = statistics[sample].Backward(sums, gamma, gradGamma, gradBeta);
            kernel.ApplyBackward(g, x, AddressOf(result, sample), voxels, byGradient, byInput, constant);
        }

        grad_output.Dispose();
        return [ReturnedGradient.Keep(gradient), tensor(gradGamma).to(weight.dtype).MoveToOuterDisposeScope(), tensor(gradBeta).to(weight.dtype).MoveToOuterDisposeScope(), null!, null!];
    }

    private static float[] Values(Tensor parameter)
    {
        using var scope = NewDisposeScope();
        return parameter.detach().to(ScalarType.Float32).data<float>().ToArray();
    }

    private static unsafe nint AddressOf(Tensor dense, int sample)
    {
        using var window = dense.select(0, sample);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(window.bytes));
    }
}
