using BenchmarkDotNet.Attributes;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Intensity;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>What is done to intensities before the network. In place, so each run goes on with the values of the one before.</summary>
[SimpleJob(warmupCount: 2, iterationCount: 8)]
public class IntensityBenchmarks
{
    private static readonly ParallelOptions All = new();
    private static readonly double[] Sigma = [1.0, 1.0, 1.0];
    private Volume<float> _volume = null!;

    /// <summary>Makes a float image.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        using var scan = KernelScan.Create();
        _volume = SampleConversion.ToFloat(new VolumeView(scan.Image), All);
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _volume.Dispose();

    /// <summary>Mean 0 and deviation 1 of the values that are not 0.</summary>
    [Benchmark]
    public void Normalise() => Rescaling.Normalise(_volume.Memory, null, null, nonzero: true, All);

    /// <summary>To −1 … 1.</summary>
    [Benchmark]
    public void ScaleToRange() => Rescaling.ToRange(_volume.Memory, -1, 1, All);

    /// <summary>Smoothing by one voxel.</summary>
    [Benchmark]
    public void Gaussian() => GaussianFilter.Apply(_volume, Sigma, GaussianApproximation.ErrorFunction, All);
}
