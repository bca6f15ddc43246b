namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Means and deviations of the groups of one sample, and the numbers for each channel that follow from them.</summary>
internal sealed class GroupStatistics
{
    private readonly double[] _mean;
    private readonly double[] _inverseDeviation;
    private readonly int _channels;
    private readonly long _voxels;

    private GroupStatistics(double[] mean, double[] inverseDeviation, int channels, long voxels)
    {
        _mean = mean;
        _inverseDeviation = inverseDeviation;
        _channels = channels;
        _voxels = voxels;
    }

    private int ChannelsPerGroup => _channels / _mean.Length;

    private double ValuesPerGroup => (double)_voxels * ChannelsPerGroup;

    /// <summary>From the sums of values and of squares of each channel.</summary>
    public static GroupStatistics From((double[] Values, double[] Squares) sums, int groups, long voxels, double epsilon)
    {
        var channels = sums.Values.Length;
        var per = channels / groups;
        var (mean, inverse) = (new double[groups], new double[groups]);
        for (var group = 0; group < groups; group++)
        {
            double sum = 0, squares = 0;
            for (var c = group * per; c < (group + 1) * per; c++)
            {
                sum += sums.Values[c];
                squares += sums.Squares[c];
            }

            mean[group] = sum / ((double)voxels * per);
            var variance = Math.Max(0, (squares / ((double)voxels * per)) - (mean[group] * mean[group]));
            inverse[group] = 1 / Math.Sqrt(variance + epsilon);
        }

        return new(mean, inverse, channels, voxels);
    }

    /// <summary>y = scale·x + shift for each channel.</summary>
    public (float[] Scale, float[] Shift) Affine(float[] gamma, float[] beta)
    {
        var (scale, shift) = (new float[_channels], new float[_channels]);
        for (var c = 0; c < _channels; c++)
        {
            var group = c / ChannelsPerGroup;
            scale[c] = (float)(gamma[c] * _inverseDeviation[group]);
            shift[c] = (float)(beta[c] - (_mean[group] * gamma[c] * _inverseDeviation[group]));
        }

        return (scale, shift);
    }

    /// <summary>dx = byGradient·g + byInput·x + constant for each channel; adds to the gradients of weight and bias.</summary>
    public (float[] ByGradient, float[] ByInput, float[] Constant) Backward((double[] Gradients, double[] Products) sums, float[] gamma, float[] gradGamma, float[] gradBeta)
    {
        var (byGradient, byInput, constant) = (new float[_channels], new float[_channels], new float[_channels]);
        for (var group = 0; group < _mean.Length; group++)
        {
            var (mean, inverse) = (_mean[group], _inverseDeviation[group]);
            double gradients = 0, products = 0;
            for (var c = group * ChannelsPerGroup; c < (group + 1) * ChannelsPerGroup; c++)
            {
                gradients += gamma[c] * sums.Gradients[c];
                products += gamma[c] * sums.Products[c];
                gradGamma[c] += (float)((sums.Products[c] - (mean * sums.Gradients[c])) * inverse);
                gradBeta[c] += (float)sums.Gradients[c];
            }

            var c2 = ((gradients * mean) - products) * inverse * inverse * inverse / ValuesPerGroup;
            var c3 = (-c2 * mean) - (gradients * inverse / ValuesPerGroup);
            for (var c = group * ChannelsPerGroup; c < (group + 1) * ChannelsPerGroup; c++)
            {
                (byGradient[c], byInput[c], constant[c]) = ((float)(gamma[c] * inverse), (float)c2, (float)c3);
            }
        }

        return (byGradient, byInput, constant);
    }
}
