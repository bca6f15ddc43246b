using System.Text.Json.Serialization;

namespace LabelServer.Datasets;

/// <summary>Writes <c>merge-masks.json</c>; the code is generated while compiling.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<MergeResult>))]
internal sealed partial class MergeResultJson : JsonSerializerContext;
