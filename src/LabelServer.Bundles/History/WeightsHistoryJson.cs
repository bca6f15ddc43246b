using System.Text.Json.Serialization;

namespace LabelServer.Bundles.History;

/// <summary>Writes and reads the files of a <see cref="WeightsHistory"/>; the code is generated while compiling.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(WeightsVersion))]
[JsonSerializable(typeof(ServedMark))]
internal sealed partial class WeightsHistoryJson : JsonSerializerContext;
