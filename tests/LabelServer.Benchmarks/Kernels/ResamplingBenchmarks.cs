using BenchmarkDotNet.Attributes;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Phantoms;
using LabelServer.Imaging.Resampling;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>Orientation, spacing and their inverse for a label map.</summary>
[SimpleJob(warmupCount: 2, iterationCount: 8)]
public class ResamplingBenchmarks
{
    private static readonly ParallelOptions All = new();
    private static readonly ResampleOptions Linear = new(Interpolation.Linear);
    private static readonly ResampleOptions Nearest = new(Interpolation.Nearest);
    private CtPhantom _scan = null!;
    private AxisMap _toRas;
    private VolumeGrid _ras = null!;
    private VolumeGrid _coarse = null!;
    private Volume _labels = null!;

    /// <summary>The spacing of the model, in mm.</summary>
    [Params(2.0, 3.0)]
    public double Spacing { get; set; }

    /// <summary>Makes the scan and a label map on the model's grid.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _scan = KernelScan.Create();
        _toRas = AnatomicalAxes.To(KernelScan.Grid.Affine, "RAS");
        _ras = _toRas.Apply(KernelScan.Grid);
        _coarse = SpacingPlan.Plan(_ras, [Spacing, Spacing, Spacing], new SpacingOptions());
        _labels = GridResampler.Resample(new VolumeView(_scan.Label, _toRas), _coarse, Nearest, All).Stored;
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _labels.Dispose();
        _scan.Dispose();
    }

    /// <summary>A copy with the axes to the right, the front and up.</summary>
    [Benchmark]
    public void Orientation() => AxisReorder.Copy(new VolumeView(_scan.Image, _toRas), All).Dispose();

    /// <summary>The turned scan to the model's spacing, linear.</summary>
    [Benchmark]
    public void SpacingLinear() => GridResampler.Resample(new VolumeView(_scan.Image, _toRas), _coarse, Linear, All).Stored.Dispose();

    /// <summary>The label map back to the scan's grid, turned in the same pass.</summary>
    [Benchmark]
    public void Inverse() =>
        GridResampler.ResampleTurned(new VolumeView(_labels), _ras, Nearest, _toRas.Inverse(), KernelScan.Grid, All).Stored.Dispose();
}
