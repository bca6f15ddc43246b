using BenchmarkDotNet.Attributes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Phantoms;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>Reading a scan and writing a label map, from and to memory.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 2, iterationCount: 8)]
public class FormatBenchmarks
{
    private CtPhantom _scan = null!;
    private byte[] _bytes = [];

    /// <summary>The file format.</summary>
    [Params("scan.nii.gz", "scan.nii", "scan.nrrd")]
    public string File { get; set; } = string.Empty;

    /// <summary>Makes the scan.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _scan = KernelScan.Create();
        using var bytes = new MemoryStream();
        await VolumeWriter.WriteAsync(_scan.Image, bytes, VolumeFileTypes.FromName(File));
        _bytes = bytes.ToArray();
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _scan.Dispose();

    /// <summary>Reads the scan.</summary>
    [Benchmark]
    public async Task ReadScanAsync()
    {
        using Volume volume = await VolumeReader.ReadAsync(new MemoryStream(_bytes), File);
    }

    /// <summary>Writes the label map.</summary>
    [Benchmark]
    public Task WriteLabelsAsync() => VolumeWriter.WriteAsync(_scan.Label, Stream.Null, VolumeFileTypes.FromName(File));
}
