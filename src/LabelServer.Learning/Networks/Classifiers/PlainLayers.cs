using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>Layers of the classifiers, in two or three dimensions.</summary>
internal static class PlainLayers
{
    /// <summary>A convolution without bias whose kernel, stride and padding are the same along each axis, with He's initial weights.</summary>
    /// <remarks>He et al. 2015, arXiv:1502.01852: normal, with a variance of 2 / fan.</remarks>
    public static AxisConvolution Convolution(int spatialDims, int inChannels, int outChannels, int kernel, int stride = 1, int? padding = null, nn.init.FanInOut fan = nn.init.FanInOut.FanIn)
    {
        var layer = new AxisConvolution(inChannels, outChannels, Axes(spatialDims, kernel), Axes(spatialDims, stride), Axes(spatialDims, padding ?? (kernel / 2)), bias: false);
        using var noGradient = no_grad();
        nn.init.kaiming_normal_(layer.get_parameter("weight")!, mode: fan, nonlinearity: nn.init.NonlinearityType.ReLU);
        return layer;
    }

    /// <summary>The largest of 3 values along each axis, at every second place.</summary>
    public static nn.Module<Tensor, Tensor> MaxPool(int spatialDims) =>
        spatialDims == 2 ? nn.MaxPool2d(3, stride: 2, padding: 1) : nn.MaxPool3d(3, stride: 2, padding: 1);

    /// <summary>The mean of 2 values along each axis.</summary>
    public static nn.Module<Tensor, Tensor> Halving(int spatialDims) => spatialDims == 2 ? nn.AvgPool2d(2, stride: 2) : nn.AvgPool3d(2, stride: 2);

    /// <summary>A linear layer to the classes, with biases of zero.</summary>
    public static Linear Scores(int features, int classes)
    {
        var layer = nn.Linear(features, classes);
        using var noGradient = no_grad();
        nn.init.zeros_(layer.bias!);
        return layer;
    }

    /// <summary>The same number for each axis.</summary>
    public static int[] Axes(int spatialDims, int value) => [.. Enumerable.Repeat(value, spatialDims)];
}
