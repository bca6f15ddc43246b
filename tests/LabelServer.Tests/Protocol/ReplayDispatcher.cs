using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Workers;

namespace LabelServer.Tests.Protocol;

/// <summary>In place of the worker: reads the image as it does, checks parameters as it does, and answers an empty label map on the image's grid in the form that was asked for.</summary>
internal sealed class ReplayDispatcher(ModelCatalog catalog, ReplaySpeed speed) : IInferenceDispatcher
{
    public InferenceQueueState Queue => new(0, 0, 8);

    public async Task<InferenceAnswer> InferAsync(InferenceJob job, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        var model = catalog.Require(job.Model);
        var header = InferHeaderFactory.Create(job, model).Parameters;
        if (speed.IsEndless)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (job.Parameters.Timeout < TimeSpan.FromSeconds(1))
            throw new InferenceTimedOutException("It took too long.");
        await using var content = await job.Parts[0].OpenAsync(cancellationToken);
        try
        {
            var read = await VolumeReader.CheckAsync(content, job.ImageName, cancellationToken: cancellationToken);
            using var result = Volume.Create(TypeOf(header.ResultDtype), read.Grid, 1);
            var bytes = new MemoryStream();
            await VolumeWriter.WriteAsync(result, bytes, VolumeFileTypes.FromName(header.ResultExtension), new VolumeWriteOptions { Compress = header.ResultCompress }, cancellationToken);
            var summary = new InferenceSummary
            {
                LabelNames = job.Parameters.RestoreLabelIdx ? model.ChannelLabels : model.Labels,
                Latencies = new LatencySummary { Transform = new TransformLatencySummary { Pre = new() { ["LoadImaged"] = 0.01 }, Post = new() { ["AsDiscreted"] = 0.02 } } },
            };
            return new InferenceAnswer(summary, bytes, header.ResultExtension);
        }
        catch (ImagingException error)
        {
            throw new ImageRefusedException(error.Message, error);
        }
    }

    private static SampleType TypeOf(string name) => name switch
    {
        "" or "uint8" => SampleType.UInt8,
        "uint16" => SampleType.UInt16,
        _ => throw new ParameterRefusedException($"result_dtype '{name}' is not known."),
    };
}

/// <summary>How long an inference takes.</summary>
/// <param name="IsEndless">Until it is cancelled: where the recording stops a batch, it must not end before.</param>
internal sealed record ReplaySpeed(bool IsEndless);
