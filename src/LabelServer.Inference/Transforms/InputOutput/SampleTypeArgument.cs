using LabelServer.Bundles.Config;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Transforms.InputOutput;

/// <summary>Reads a <c>dtype</c>: <c>torch.float32</c>, <c>numpy.uint8</c>, <c>'int16'</c>.</summary>
internal static class SampleTypeArgument
{
    private static readonly Dictionary<string, SampleType> Names = new()
    {
        ["uint8"] = SampleType.UInt8,
        ["bool"] = SampleType.UInt8,
        ["bool_"] = SampleType.UInt8,
        ["int8"] = SampleType.Int8,
        ["uint16"] = SampleType.UInt16,
        ["int16"] = SampleType.Int16,
        ["short"] = SampleType.Int16,
        ["uint32"] = SampleType.UInt32,
        ["int32"] = SampleType.Int32,
        ["int"] = SampleType.Int32,
        ["uint64"] = SampleType.UInt64,
        ["int64"] = SampleType.Int64,
        ["long"] = SampleType.Int64,

        // Half precision only saves memory on a GPU; images here are float32.
        ["float16"] = SampleType.Float32,
        ["half"] = SampleType.Float32,
        ["bfloat16"] = SampleType.Float32,
        ["float32"] = SampleType.Float32,
        ["float"] = SampleType.Float32,
        ["float64"] = SampleType.Float64,
        ["double"] = SampleType.Float64,
    };

    public static ArgumentKind<SampleType> Kind { get; } = new("a number type such as torch.float32 or 'uint8'", (ConfigValue value, out SampleType result) =>
    {
        var name = value switch
        {
            ConfigValue.Symbol symbol => symbol.Name,
            ConfigValue.Text text => text.Value,
            _ => "",
        };
        return Names.TryGetValue(name.TrimStart('$').Split('.')[^1], out result);
    });
}
