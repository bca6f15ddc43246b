using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Two convolutions of a <see cref="DynUNet"/>, with or without a way around them (MONAI's UnetBasicBlock and UnetResBlock).</summary>
internal sealed class DynUNetBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")]
    private readonly ConvolutionBlock _conv1;
    [ComponentName(Name = "conv2")]
    private readonly ConvolutionBlock _conv2;
    [ComponentName(Name = "conv3")]
    private readonly ConvolutionBlock? _conv3;
    [ComponentName(Name = "lrelu")]
    private readonly nn.Module<Tensor, Tensor> _activation;
    [ComponentName(Name = "norm1")]
    private readonly nn.Module<Tensor, Tensor> _norm1;
    [ComponentName(Name = "norm2")]
    private readonly nn.Module<Tensor, Tensor> _norm2;
    [ComponentName(Name = "norm3")]
    private readonly nn.Module<Tensor, Tensor>? _norm3;
    private readonly bool _isResidual;

    /// <summary>The block of a level.</summary>
    public DynUNetBlock(DynUNetOptions options, int inChannels, int level)
        : this(options.Layers, inChannels, options.Filters[level], options.Kernels[level], options.Strides[level], options.IsResidual)
    {
    }

    /// <summary>A block.</summary>
    public DynUNetBlock(UnetBlockLayers layers, int inChannels, int outChannels, int[] kernel, int[] stride, bool isResidual)
        : base(nameof(DynUNetBlock))
    {
        int[] ones = [.. kernel.Select(_ => 1)];
        _isResidual = isResidual;
        _conv1 = Convolution(layers, inChannels, outChannels, kernel, stride);
        _conv2 = Convolution(layers, outChannels, outChannels, kernel, ones);
        _activation = ActivationLayer.Create(layers.Activation);
        _norm1 = NormalizationLayer.Create(layers.Norm, kernel.Length, outChannels);
        _norm2 = NormalizationLayer.Create(layers.Norm, kernel.Length, outChannels);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
        register_module("lrelu", _activation);
        register_module("norm1", _norm1);
        register_module("norm2", _norm2);
        if (isResidual && (inChannels != outChannels || stride.Any(s => s != 1)))
        {
            _conv3 = Convolution(layers, inChannels, outChannels, ones, stride);
            _norm3 = NormalizationLayer.Create(layers.Norm, kernel.Length, outChannels);
            register_module("conv3", _conv3);
            register_module("norm3", _norm3);
        }
    }

    /// <summary>Padding as MONAI's get_padding: (kernel - stride + 1) / 2.</summary>
    public static int[] Padding(int[] kernel, int[] stride) => [.. kernel.Zip(stride, (k, s) => (k - s + 1) / 2)];

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _norm2.call(_conv2.call(_activation.call(_norm1.call(_conv1.call(input)))));
        if (_isResidual)
        {
            x = x + (_conv3 is null ? input : _norm3!.call(_conv3.call(input)));
        }

        return _activation.call(x).MoveToOuterDisposeScope();
    }

    private static ConvolutionBlock Convolution(UnetBlockLayers layers, int inChannels, int outChannels, int[] kernel, int[] stride) => new(new ConvolutionBlockOptions
    {
        InChannels = inChannels,
        OutChannels = outChannels,
        Kernel = kernel,
        Stride = stride,
        Padding = Padding(kernel, stride),
        Bias = false,
        Dropout = layers.Dropout,
    });
}

/// <summary>The way up into a level of a <see cref="DynUNet"/> (MONAI's UnetUpBlock).</summary>
internal sealed class DynUNetUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "transp_conv")]
    private readonly ConvolutionBlock _up;
    [ComponentName(Name = "conv_block")]
    private readonly DynUNetBlock _block;

    /// <summary>The block that leads into a level.</summary>
    public DynUNetUpBlock(DynUNetOptions options, int level)
        : base(nameof(DynUNetUpBlock))
    {
        var (own, below) = (options.Filters[level], options.Filters[level + 1]);
        var kernel = options.UpKernels[level];
        var padding = DynUNetBlock.Padding(kernel, kernel);
        _up = new ConvolutionBlock(new ConvolutionBlockOptions
        {
            InChannels = below,
            OutChannels = own,
            Kernel = kernel,
            Stride = kernel,
            Padding = padding,
            OutputPadding = [.. padding.Select(p => 2 * p)],
            IsTransposed = true,
            Bias = options.UpBias,
            Dropout = options.Dropout,
        });

        // The convolutions have the kernel of the level below.
        _block = new DynUNetBlock(options.Layers, 2 * own, own, options.Kernels[level + 1], [.. kernel.Select(_ => 1)], isResidual: false);
        register_module("transp_conv", _up);
        register_module("conv_block", _block);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor below, Tensor skip)
    {
        using var scope = NewDisposeScope();
        return _block.call(cat([_up.call(below), skip], 1)).MoveToOuterDisposeScope();
    }
}
