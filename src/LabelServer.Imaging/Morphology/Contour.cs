using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Morphology;

/// <summary>The inner border of labels, by a Laplacian over the 26 neighbours held between 0 and 1 (MONAI's <c>LabelToContour</c>); zeros lie outside the image.</summary>
public static class Contour
{
    /// <summary>27 × x minus the sum over the 3×3×3 block, held between 0 and 1; channel by channel.</summary>
    /// <returns>A new volume that the caller owns.</returns>
    public static Volume<float> Of(Volume volume, ParallelOptions parallel)
    {
        ArgumentNullException.ThrowIfNull(volume);
        using var block = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, parallel);
        var result = (Volume<float>)SampleConversion.Convert(volume, SampleType.Float32, parallel);
        try
        {
            for (var axis = 0; axis < 3; axis++)
            {
                GaussianFilter.Convolve(block, axis, [1, 1, 1], parallel);
            }

            var sums = block.Samples;
            var values = result.Samples;
            for (var n = 0; n < values.Length; n++)
            {
                values[n] = Math.Clamp((27 * values[n]) - sums[n], 0, 1);
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
