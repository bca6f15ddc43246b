using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabelServer.Datasets;

/// <summary>Divides labelled images into training, validation and testing, drawn from a seed, and writes the list as MONAI's <c>load_decathlon_datalist</c> reads it.</summary>
/// <remarks>The same files and the same seed give the same list everywhere; an image is in one part only. Images without a label come to <c>testing</c>.</remarks>
/// <param name="Training">Images to train on.</param>
/// <param name="Validation">Images to validate on.</param>
/// <param name="Testing">Images to test on.</param>
internal sealed record DataSplit(IReadOnlyList<DataPair> Training, IReadOnlyList<DataPair> Validation, IReadOnlyList<DataPair> Testing)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Draws.</summary>
    /// <param name="labelled">Images with label.</param>
    /// <param name="others">Images without.</param>
    /// <param name="validation">The share of the labelled images for validation, 0 to 1.</param>
    /// <param name="testing">The share of the labelled images for testing, 0 to 1.</param>
    /// <param name="seed">What the draw depends on.</param>
    /// <exception cref="DatasetException">Nothing is left to train on.</exception>
    public static DataSplit Draw(IReadOnlyList<DataPair> labelled, IReadOnlyList<DataPair> others, double validation, double testing, int seed)
    {
        var order = labelled.ToArray();
        new Random(seed).Shuffle(order);
        var validated = CountOf(validation, order.Length);
        var tested = CountOf(testing, order.Length);
        if (validated + tested >= order.Length)
        {
            throw new DatasetException($"Of {order.Length} labelled images {validated} are for validation and {tested} for testing, so none is left for training. Take smaller shares.");
        }

        return new DataSplit(Sorted(order[(validated + tested)..]), Sorted(order[..validated]), [.. Sorted(order[validated..(validated + tested)]), .. others]);
    }

    /// <summary>The list as JSON. Paths are relative to the data set's folder, which is the reader's <c>base_dir</c>.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="labels">Value → name; null when it is not known.</param>
    public string ToJson(string name, IReadOnlyDictionary<int, string>? labels)
    {
        var root = new JsonObject { ["name"] = name };
        if (labels is not null)
        {
            root["labels"] = new JsonObject(labels.OrderBy(l => l.Key).Select(l => KeyValuePair.Create(l.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), (JsonNode?)JsonValue.Create(l.Value))));
        }

        root["numTraining"] = Training.Count;
        root["numValidation"] = Validation.Count;
        root["numTest"] = Testing.Count;
        root["training"] = ToArray(Training);
        root["validation"] = ToArray(Validation);
        root["testing"] = ToArray(Testing);
        return root.ToJsonString(Json);
    }

    // A share that is asked for is never rounded to nothing.
    private static int CountOf(double share, int images) => share == 0 ? 0 : Math.Max(1, (int)Math.Round(share * images, MidpointRounding.AwayFromZero));

    private static DataPair[] Sorted(IEnumerable<DataPair> pairs) => [.. pairs.OrderBy(p => p.Image, StringComparer.Ordinal)];

    private static JsonArray ToArray(IEnumerable<DataPair> pairs) => new([.. pairs.Select(p => (JsonNode)(p.Label is null
        ? new JsonObject { ["image"] = p.Image }
        : new JsonObject { ["image"] = p.Image, ["label"] = p.Label }))]);
}
