using System.Text.Json.Nodes;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>What runs of several seeds come to.</summary>
internal static class CurveTable
{
    /// <summary>For each strategy and number of labelled images the mean of the validation Dice over the seeds, the lowest and the highest.</summary>
    public static JsonObject Of(JsonArray runs)
    {
        var table = new JsonObject();
        foreach (var strategy in runs.GroupBy(r => (string)r!["strategy"]!))
        {
            var row = new JsonObject { ["seeds"] = strategy.Count() };
            foreach (var point in strategy.SelectMany(r => r!["rounds"]!.AsArray()).GroupBy(r => (int)r!["labelled"]!, r => (double)r!["validationDice"]!))
                row[point.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Range(point);
            table[strategy.Key] = row;
        }

        return table;
    }

    /// <summary>For each seed and round of the strategy <c>hardest</c>: how many corrected proposals it learned from, and the rank correlations.</summary>
    public static JsonArray Correlations(JsonArray runs)
    {
        var rows = new JsonArray();
        foreach (var run in runs.Where(r => (string)r!["strategy"]! == "hardest"))
        {
            foreach (var round in run!["rounds"]!.AsArray().Where(r => r!["hardest"]?["heldOutRankCorrelation"] is not null))
            {
                var found = round!["hardest"]!;
                rows.Add(new JsonObject
                {
                    ["seed"] = (int)run["seed"]!,
                    ["labelled"] = (int)round["labelled"]!,
                    ["examples"] = (int)found["server"]!["examples"]!,
                    ["serversOwn"] = found["server"]!["rank_correlation"]?.DeepClone(),
                    ["heldOutImages"] = (int)found["heldOutImages"]!,
                    ["heldOut"] = found["heldOutRankCorrelation"]!.DeepClone(),
                    ["lowEntropyAlone"] = found["rankCorrelationOfLowEntropyAlone"]?.DeepClone(),
                });
            }
        }

        return rows;
    }

    private static string Range(IEnumerable<double> values)
    {
        var all = values.ToList();
        return FormattableString.Invariant($"{all.Average():0.000} ({all.Min():0.000}–{all.Max():0.000})");
    }
}
