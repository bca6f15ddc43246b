using System.Numerics;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Resampling;

/// <summary>Computes values of a finished line again, in double, where the float sum is so small that it may be 0 or not.</summary>
internal sealed class ExactLine(VolumeView view, LinePlan plan, double[][] positions, float doubtful)
{
    private readonly TrilinearSum _sum = new(view);

    /// <summary>Corrects a line.</summary>
    /// <param name="channel">The first sample of the source's channel.</param>
    /// <param name="line">The line's first value in the target.</param>
    /// <param name="inner">The line's index along the inner axis.</param>
    /// <param name="outer">The line's index along the outer axis.</param>
    public unsafe void Correct<T>(T* channel, float* line, int inner, int outer)
        where T : unmanaged, INumber<T>
    {
        Span<double> at = stackalloc double[3];
        at[plan.Inner] = positions[plan.Inner][inner];
        at[plan.Outer] = positions[plan.Outer][outer];
        var along = positions[plan.Line];
        for (var n = 0; n < along.Length; n++)
        {
            var value = line + (n * plan.LineStride);
            if (MathF.Abs(*value) <= doubtful)
            {
                at[plan.Line] = along[n];
                *value = (float)_sum.At(channel, at[0], at[1], at[2]);
            }
        }
    }
}
