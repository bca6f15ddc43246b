using LabelServer.CommandLine;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using LabelServer.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Workers;

/// <summary>A dispatcher with a real worker process and a bundle of its own.</summary>
internal sealed class WorkerSession : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    public WorkerSession(WorkerOptions? options = null, int windowSize = 16)
    {
        Bundle = Path.Combine(_folder.Path, "models", "test_ct");
        SegmentationBundle.Write(Bundle, windowSize: windowSize);
        _services = CommandServices.Build(new ModelCatalogOptions { SearchFolders = [Path.Combine(_folder.Path, "models")] }, options ?? new WorkerOptions(), verbose: false);
    }

    public string Bundle { get; }

    public IInferenceDispatcher Dispatcher => _services.GetRequiredService<IInferenceDispatcher>();

    public WorkerSupervisor Supervisor => _services.GetRequiredService<WorkerSupervisor>();

    public static InferenceJob Job(byte[] image, string name = "scan 1.nii.gz") => new()
    {
        Model = "test_ct",
        ImageName = name,
        Parts = [new InferenceImagePart("scan.nii.gz", _ => Task.FromResult<Stream>(new MemoryStream(image)))],
    };

    /// <summary>A job that a small machine computes for many seconds, in short steps.</summary>
    public static async Task<InferenceJob> LongJobAsync() => Job(await TestImages.BallAsync(new GridSize(96, 96, 96))) with
    {
        Parameters = new InferenceParameters { SwOverlap = 0.9, Precision = InferencePrecision.Float32 },
    };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
