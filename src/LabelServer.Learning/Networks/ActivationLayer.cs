using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Makes the activation layers that MONAI names.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/layers/factories.py:Act; defaults are PyTorch's. <c>inplace</c> is accepted and decided here: it changes no number.</remarks>
public static class ActivationLayer
{
    /// <summary>Makes a layer. Where the function allows it, it works in place, on the tensor that the normalisation before it has just made.</summary>
    /// <exception cref="NetworkUnsupportedException">The name or an argument is not supported.</exception>
    public static nn.Module<Tensor, Tensor> Create(LayerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        switch (spec.Name)
        {
            case "":
                return nn.Identity();
            case "RELU":
                spec.Allow("inplace");
                return nn.ReLU(inplace: true);
            case "LEAKYRELU":
                spec.Allow("inplace", "negative_slope");
                return nn.LeakyReLU(spec.Real("negative_slope", 0.01), inplace: true);
            case "PRELU":
                spec.Allow("num_parameters", "init");
                if (spec.Integer("num_parameters", 1) < 1)
                {
                    throw new NetworkUnsupportedException($"The layer PRELU has 'num_parameters' = {spec.Integer("num_parameters", 1)}; it must be at least 1.");
                }

                return nn.PReLU(spec.Integer("num_parameters", 1), spec.Real("init", 0.25));
            case "RELU6":
                spec.Allow("inplace");
                return nn.ReLU6(inplace: true);
            case "ELU":
                spec.Allow("inplace", "alpha");
                return nn.ELU(spec.Real("alpha", 1), inplace: true);
            case "SELU":
                spec.Allow("inplace");
                return nn.SELU(inplace: true);
            case "CELU":
                spec.Allow("inplace", "alpha");
                if (spec.Real("alpha", 1) == 0)
                {
                    throw new NetworkUnsupportedException("The layer CELU has 'alpha' = 0, by which nothing can be divided.");
                }

                return nn.CELU(spec.Real("alpha", 1), inplace: true);
            case "GELU":
                spec.Allow();
                return nn.GELU();
            case "SIGMOID":
                spec.Allow();
                return nn.Sigmoid();
            case "TANH":
                spec.Allow();
                return nn.Tanh();
            case "SWISH" or "MEMSWISH":
                spec.Allow("inplace");
                return nn.SiLU();
            case "MISH":
                spec.Allow("inplace");
                return nn.Mish();
            default:
                throw new NetworkUnsupportedException(
                    $"The activation '{spec.Name}' is not supported; supported: RELU, LEAKYRELU, PRELU, RELU6, ELU, SELU, CELU, GELU, SIGMOID, TANH, SWISH, MEMSWISH, MISH.");
        }
    }
}
