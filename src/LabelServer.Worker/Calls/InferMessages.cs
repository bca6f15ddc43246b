using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>Translates between the messages of the wire and the pipeline's own types.</summary>
internal static class InferMessages
{
    /// <summary>The request without its image.</summary>
    /// <exception cref="InferenceParameterException">The result's number type is not known.</exception>
    public static InferenceRequest ToRequest(InferHeader header)
    {
        var parameters = header.Parameters ?? new InferParameters();
        return new InferenceRequest
        {
            ImageName = header.ImageName,
            HighRes = parameters.HasHighres ? parameters.Highres : null,
            ModelFilename = parameters.ModelFilename,
            Overlap = parameters.HasSwOverlap ? parameters.SwOverlap : null,
            WindowBatchSize = parameters.HasSwBatchSize ? parameters.SwBatchSize : null,
            RoiSize = parameters.RoiSize.Count > 0 ? [.. parameters.RoiSize] : null,
            LargestComponent = parameters.LargestCc,
            RestoreLabelIndex = parameters.RestoreLabelIdx,
            ResultType = ResultType(parameters.ResultDtype),
            Precision = parameters.Precision switch
            {
                Precision.Float32 => NetworkPrecision.Float32,
                Precision.Bfloat16 => NetworkPrecision.BFloat16,
                _ => NetworkPrecision.Auto,
            },
            Device = parameters.Device,
            Runtime = parameters.Runtime switch
            {
                Runtime.Torch => NetworkRuntime.Torch,
                Runtime.Onnx => NetworkRuntime.Onnx,
                _ => NetworkRuntime.Auto,
            },
            Settings = parameters.Displayable.ToDictionary(),
        };
    }

    /// <summary>What is known of the result before its bytes.</summary>
    public static ResultHeader ToHeader(InferenceResult result, IDictionary<int, int> values, string extension)
    {
        var header = new ResultHeader
        {
            Extension = extension,
            Device = result.Device,
            Precision = result.Precision.ToString(),
            ModelFilename = result.ModelFilename,
            Windows = result.WindowCount,
        };
        header.Centroids.AddRange(result.Centroids
            .Select(c => new Centroid { Value = LabelValues.Of(c.Value, values), I = c.I, J = c.J, K = c.K })
            .Where(c => c.Value > 0)
            .OrderBy(c => c.Value));
        if (result.BoundingBox is { } box)
        {
            header.BoxLow.AddRange([box.Low.I, box.Low.J, box.Low.K]);
            header.BoxHigh.AddRange([box.High.I, box.High.J, box.High.K]);
        }

        return header;
    }

    /// <summary>What is known after its bytes.</summary>
    public static ResultEnd ToEnd(InferenceLatencies latencies, long length, TimeSpan write)
    {
        var end = new ResultEnd
        {
            Length = length,
            Pre = latencies.Pre,
            Infer = latencies.Infer,
            Invert = latencies.Invert,
            Post = latencies.Post,
            Write = write.TotalSeconds,
            Total = latencies.Total + write.TotalSeconds,
        };
        end.PreTransforms.AddRange(latencies.PreTransforms.Select(Time));
        end.PostTransforms.AddRange(latencies.PostTransforms.Select(Time));
        return end;
    }

    private static TransformTime Time(KeyValuePair<string, double> entry) => new() { Name = entry.Key, Seconds = entry.Value };

    private static SampleType? ResultType(string numpyName) => numpyName.ToLowerInvariant() switch
    {
        "" => null,
        "uint8" => SampleType.UInt8,
        "int8" => SampleType.Int8,
        "uint16" => SampleType.UInt16,
        "int16" => SampleType.Int16,
        "uint32" => SampleType.UInt32,
        "int32" => SampleType.Int32,
        "uint64" => SampleType.UInt64,
        "int64" => SampleType.Int64,
        "float32" or "float" => SampleType.Float32,
        "float64" or "double" => SampleType.Float64,
        _ => throw new InferenceParameterException(
            $"result_dtype '{numpyName}' is not known. Use uint8, uint16, uint32, uint64, int8, int16, int32, int64, float32 or float64."),
    };
}
