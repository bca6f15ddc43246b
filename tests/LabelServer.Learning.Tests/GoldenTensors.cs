using LabelServer.Testing;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests;

/// <summary>Reference tensors as torch tensors.</summary>
internal static class GoldenTensors
{
    public static Tensor Float(this SafetensorsFile file, string name) =>
        tensor(file.Floats(name)).reshape(Array.ConvertAll(file.ShapeOf(name), s => (long)s));

    /// <summary>The largest absolute difference, as a fraction of the largest absolute expected value.</summary>
    public static double RelativeError(float[] expected, Tensor actual)
    {
        var values = actual.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        double error = 0, scale = 1e-30;
        for (var i = 0; i < values.Length; i++)
        {
            error = Math.Max(error, Math.Abs((double)expected[i] - values[i]));
            scale = Math.Max(scale, Math.Abs(expected[i]));
        }

        Assert.False(double.IsNaN(error));
        return error / scale;
    }
}
