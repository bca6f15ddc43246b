using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using LabelServer.Inference;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Benchmarks.Kernels;

/// <summary>The answer of an inference as <c>multipart/form-data</c>.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 2, iterationCount: 8)]
public class AnswerBenchmarks : IDisposable
{
    private readonly MemoryStream _labels = new(new byte[13 << 20]);
    private readonly JsonObject _summary = new() { ["label_names"] = new JsonObject([.. Enumerable.Range(1, 104).Select(n => KeyValuePair.Create($"organ_{n}", (JsonNode?)n))]) };

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _labels.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>13 MB of labels.</summary>
    [Benchmark]
    public Task MultipartAnswerAsync()
    {
        _labels.Position = 0;
        return new MultipartAnswer(_summary, _labels, _labels.Length, "labels.nrrd").ExecuteAsync(new DefaultHttpContext { Response = { Body = Stream.Null } });
    }
}
