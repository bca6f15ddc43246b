using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LabelServer.Inference;
using LabelServer.Proposals;
using LabelServer.Sessions;
using LabelServer.Training;

namespace LabelServer.Http;

/// <summary>How the server's records and values become JSON and come back, by the serializer's defaults.</summary>
/// <remarks>
/// The code is generated while compiling: the program never looks at a type to find out how to write it, which would cost its start, and would not work at all where the server is compiled to machine code as a whole (docs/decisions/native-server.md).
/// What is not listed here fails at once, in every build.
/// </remarks>
[JsonSerializable(typeof(InferenceSummary))]
[JsonSerializable(typeof(Proposal))]
[JsonSerializable(typeof(ImageUncertainty))]
[JsonSerializable(typeof(SessionInfo))]
[JsonSerializable(typeof(TrainingSet))]
[JsonSerializable(typeof(TrainingStatus))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(OrderedDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(double))]
internal sealed partial class RecordJson : JsonSerializerContext;
