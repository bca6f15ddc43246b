using System.Runtime.Intrinsics;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Applies a <see cref="LinearHead"/> to blended features: scores = W · Σ(w · feature) + bias · Σw.</summary>
/// <remarks>Weights are kept [feature, output] with the outputs padded to sixteens, so that the inner loop reads one row of vectors and multiplies it by one feature.
/// Four voxels share each row that is read.</remarks>
internal sealed unsafe class HeadKernel : IDisposable
{
    private const int Width = 16;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _bias;

    /// <summary>Lays out the weights.</summary>
    public HeadKernel(LinearHead head)
    {
        Features = head.Features;
        Outputs = head.Outputs;
        Stride = (head.Outputs + Width - 1) / Width * Width;
        _weights = new NativeBuffer<float>(Features * Stride);
        _bias = new NativeBuffer<float>(Stride);
        for (var output = 0; output < Outputs; output++)
        {
            _bias.Pointer[output] = head.Bias[output];
            for (var feature = 0; feature < Features; feature++)
            {
                _weights.Pointer[(feature * Stride) + output] = head.Weights[(output * Features) + feature];
            }
        }
    }

    /// <summary>Features read a voxel.</summary>
    public int Features { get; }

    /// <summary>Scores a voxel.</summary>
    public int Outputs { get; }

    /// <summary>The distance between the scores of two voxels: <see cref="Outputs"/> rounded up to sixteens. The padding holds zeros.</summary>
    public int Stride { get; }

    /// <summary>Scores of a run of voxels.</summary>
    /// <param name="features">[voxel, feature].</param>
    /// <param name="weights">The sum of weights of each voxel, or null for 1.</param>
    /// <param name="voxels">Voxels in the run.</param>
    /// <param name="scores">Room for <paramref name="voxels"/> × <see cref="Stride"/> scores.</param>
    public void Apply(float* features, float* weights, int voxels, float* scores)
    {
        var voxel = 0;
        for (; voxel <= voxels - 4; voxel += 4)
        {
            Four(features + ((long)voxel * Features), weights is null ? null : weights + voxel, scores + ((long)voxel * Stride));
        }

        for (; voxel < voxels; voxel++)
        {
            One(features + ((long)voxel * Features), weights is null ? 1 : weights[voxel], scores + ((long)voxel * Stride));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_weights).Dispose();
        ((IDisposable)_bias).Dispose();
    }

    private void One(float* features, float weight, float* scores)
    {
        for (var output = 0; output < Stride; output += Width)
        {
            var sum = Vector512.Load(_bias.Pointer + output) * weight;
            var row = _weights.Pointer + output;
            for (var feature = 0; feature < Features; feature++, row += Stride)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(row), Vector512.Create(features[feature]), sum);
            }

            Vector512.Store(sum, scores + output);
        }
    }

    private void Four(float* features, float* weights, float* scores)
    {
        int featureCount = Features, stride = Stride;
        float* a = features, b = a + featureCount, c = b + featureCount, d = c + featureCount;
        var output = 0;
        for (; output <= stride - (2 * Width); output += 2 * Width)
        {
            Vector512<float> first = Vector512.Load(_bias.Pointer + output), second = Vector512.Load(_bias.Pointer + output + Width);
            float wa = weights is null ? 1 : weights[0], wb = weights is null ? 1 : weights[1], wc = weights is null ? 1 : weights[2], wd = weights is null ? 1 : weights[3];
            Vector512<float> a0 = first * wa, a1 = second * wa, b0 = first * wb, b1 = second * wb;
            Vector512<float> c0 = first * wc, c1 = second * wc, d0 = first * wd, d1 = second * wd;
            var row = _weights.Pointer + output;
            for (var feature = 0; feature < featureCount; feature++, row += stride)
            {
                Vector512<float> w0 = Vector512.Load(row), w1 = Vector512.Load(row + Width);
                var value = Vector512.Create(a[feature]);
                a0 = Vector512.FusedMultiplyAdd(w0, value, a0);
                a1 = Vector512.FusedMultiplyAdd(w1, value, a1);
                value = Vector512.Create(b[feature]);
                b0 = Vector512.FusedMultiplyAdd(w0, value, b0);
                b1 = Vector512.FusedMultiplyAdd(w1, value, b1);
                value = Vector512.Create(c[feature]);
                c0 = Vector512.FusedMultiplyAdd(w0, value, c0);
                c1 = Vector512.FusedMultiplyAdd(w1, value, c1);
                value = Vector512.Create(d[feature]);
                d0 = Vector512.FusedMultiplyAdd(w0, value, d0);
                d1 = Vector512.FusedMultiplyAdd(w1, value, d1);
            }

            var to = scores + output;
            Vector512.Store(a0, to);
            Vector512.Store(a1, to + Width);
            Vector512.Store(b0, to + stride);
            Vector512.Store(b1, to + stride + Width);
            Vector512.Store(c0, to + (2 * stride));
            Vector512.Store(c1, to + (2 * stride) + Width);
            Vector512.Store(d0, to + (3 * stride));
            Vector512.Store(d1, to + (3 * stride) + Width);
        }

        if (output < stride)
        {
            Last(features, weights, scores, output);
        }
    }

    private void Last(float* features, float* weights, float* scores, int output)
    {
        for (var voxel = 0; voxel < 4; voxel++)
        {
            var sum = Vector512.Load(_bias.Pointer + output) * (weights is null ? 1 : weights[voxel]);
            var row = _weights.Pointer + output;
            for (var feature = 0; feature < Features; feature++, row += Stride)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(row), Vector512.Create(features[(voxel * Features) + feature]), sum);
            }

            Vector512.Store(sum, scores + (voxel * Stride) + output);
        }
    }
}
