using LabelServer.Inference;

namespace LabelServer.Tests.Doubles;

/// <summary>A dispatcher that answers as the test says and remembers the jobs with the bytes of their images.</summary>
internal sealed class ScriptedDispatcher : IInferenceDispatcher
{
    /// <summary>The label map of every answer: bytes that look like chunk sizes and boundaries on purpose.</summary>
    public static byte[] ResultBytes { get; } = [.. "NRRD0004\r\n--\r\n0\r\n\r\n800\r\n"u8, .. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31))];

    public List<(InferenceJob Job, byte[] Image)> Jobs { get; } = [];

    /// <summary>What happens instead of an answer; null answers.</summary>
    public Func<InferenceJob, CancellationToken, Task>? Before { get; set; }

    /// <summary>The label map of every answer; null for <see cref="ResultBytes"/>.</summary>
    public byte[]? Result { get; set; }

    public InferenceQueueState Queue => new(0, 0, 8);

    public async Task<InferenceAnswer> InferAsync(InferenceJob job, IProgress<InferenceProgressReport>? progress, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await using (var image = await job.Parts[0].OpenAsync(cancellationToken))
            await image.CopyToAsync(bytes, cancellationToken);
        lock (Jobs)
            Jobs.Add((job, bytes.ToArray()));
        if (Before is not null)
            await Before(job, cancellationToken);
        var summary = new InferenceSummary
        {
            LabelNames = new OrderedDictionary<string, int> { ["spleen"] = 1, ["leber ä"] = 2 },
            Latencies = new LatencySummary { Pre = 0.25, Infer = 1.5, Total = 1.75, Transform = new() { Pre = new() { ["LoadImaged"] = 0.2 } } },
        };
        return new InferenceAnswer(summary, new MemoryStream(Result ?? ResultBytes), job.Parameters.ResultExtension ?? ".nii.gz");
    }
}
