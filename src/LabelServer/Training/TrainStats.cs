using System.Globalization;
using System.Text.Json.Nodes;

namespace LabelServer.Training;

/// <summary>Writes a training's standing as clients read it: the value of a model in <c>train_stats</c> of <c>/info/</c>, and the result of a training that was waited for (protocol 8.4).</summary>
/// <remarks>
/// <para>Slicer shows <c>epoch / total_epochs</c>, and nothing any more as soon as <c>total_time</c> is there: it comes only with the end, and then always. It divides by <c>total_epochs</c>, which is therefore never 0. <c>best_metric</c> is never null; -1 stands for "not yet", as in the original.</para>
/// <para>Intended differences: the training metric is the loss, because no Dice is computed on training images; <c>best_metric</c> counts the weights that the run started from, so that it is the score of what is served.</para>
/// </remarks>
internal static class TrainStats
{
    private const double None = -1;

    /// <summary>The object.</summary>
    public static JsonObject Of(TrainingStatus status)
    {
        var best = Math.Max(status.BestDice ?? None, status.IncumbentDice ?? None);
        var json = new JsonObject
        {
            ["rank"] = 0,
            ["run_id"] = status.JobId,
            ["current_epoch"] = status.HasEnded ? status.Epoch : Math.Min(status.Epoch + 1, Math.Max(status.Epochs, status.Epoch)),
            ["current_iteration"] = (status.Epoch * status.Batches) + status.Batch,
            ["total_epochs"] = Math.Max(1, status.Epochs),
            ["total_iterations"] = status.Batches,
            ["epoch"] = status.Epoch,
            ["start_ts"] = status.Start,
            [status.HasEnded ? "total_time" : "current_time"] = Clock(status.Elapsed),
            ["best_metric"] = best,
            ["train"] = new JsonObject
            {
                ["metrics"] = status.Loss is { } loss ? new JsonObject { ["train_loss"] = loss } : [],
                ["key_metric_name"] = "train_loss",
                ["best_metric"] = status.LowestLoss ?? None,
                ["best_metric_epoch"] = status.LowestLossEpoch,
            },
            ["eval"] = new JsonObject
            {
                ["metrics"] = Validation(status),
                ["key_metric_name"] = "val_mean_dice",
                ["best_metric"] = best,
                ["best_metric_epoch"] = status.BestDice >= (status.IncumbentDice ?? None) ? status.BestEpoch : 0,
            },
        };
        if (status.PublishedEpoch > 0)
            json["published"] = new JsonObject { ["epoch"] = status.PublishedEpoch, ["val_mean_dice"] = status.PublishedDice, ["validated"] = status.PublishedDice is not null };
        return json;
    }

    /// <summary>Hours, minutes and seconds as Python writes a time span: <c>0:03:12</c>.</summary>
    public static string Clock(double seconds)
    {
        var whole = (long)Math.Max(0, seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}:{whole / 60 % 60:00}:{whole % 60:00}");
    }

    private static JsonObject Validation(TrainingStatus status)
    {
        var metrics = new JsonObject();
        if (status.MeanDice is { } mean)
            metrics["val_mean_dice"] = mean;
        foreach (var (name, dice) in status.ClassDice)
            metrics[$"val_{name}_mean_dice"] = dice;
        return metrics;
    }
}
