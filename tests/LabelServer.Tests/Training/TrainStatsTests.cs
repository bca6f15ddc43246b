using LabelServer.Training;

namespace LabelServer.Tests.Training;

public sealed class TrainStatsTests
{
    private static readonly TrainingStatus Running = new() { JobId = "f00", Model = "tiny", Start = 1668702326, Epoch = 12, Epochs = 50, Batches = 7, Elapsed = 192.9 };

    [Fact]
    public void Of_ARunningTraining_HasTheKeysThatSlicerReads()
    {
        var stats = TrainStats.Of(Running with { MeanDice = 0.9, ClassDice = [new("left", 0.88), new("right", 0.92)], IncumbentDice = 0.7, BestDice = 0.91, BestEpoch = 11, Loss = 0.2, LowestLoss = 0.2, LowestLossEpoch = 12 });
        Assert.Equal(12, (int)stats["epoch"]!);
        Assert.Equal(50, (int)stats["total_epochs"]!);
        Assert.Equal("0:03:12", (string)stats["current_time"]!);
        Assert.False(stats.ContainsKey("total_time"));
        Assert.Equal(0.91, (double)stats["best_metric"]!);
        Assert.Equal("""{"val_mean_dice":0.9,"val_left_mean_dice":0.88,"val_right_mean_dice":0.92}""", stats["eval"]!["metrics"]!.ToJsonString());
        Assert.Equal(11, (int)stats["eval"]!["best_metric_epoch"]!);
        Assert.Equal("""{"train_loss":0.2}""", stats["train"]!["metrics"]!.ToJsonString());
    }

    [Fact]
    public void Of_AnEndedTraining_HasTheTotalTimeInstead()
    {
        var stats = TrainStats.Of(Running with { HasEnded = true, Elapsed = 36_000 + 61 });
        Assert.Equal("10:01:01", (string)stats["total_time"]!);
        Assert.False(stats.ContainsKey("current_time"));
    }

    [Fact]
    public void Of_ATrainingBeforeItsFirstEpoch_HasABestMetricAllTheSame()
    {
        var stats = TrainStats.Of(Running with { Epoch = 0, Epochs = 0 });
        Assert.Equal(-1, (double)stats["best_metric"]!);
        Assert.Equal(-1, (double)stats["train"]!["best_metric"]!);
        Assert.Equal(-1, (double)stats["eval"]!["best_metric"]!);

        // Slicer divides by it.
        Assert.Equal(1, (int)stats["total_epochs"]!);
    }

    [Fact]
    public void Of_ARunThatIsWorseThanWhatIsServed_ShowsTheServedScore()
        => Assert.Equal(0.7, (double)TrainStats.Of(Running with { IncumbentDice = 0.7, BestDice = 0.5, BestEpoch = 3 })["best_metric"]!);

    [Fact]
    public void Of_WeightsPublishedWithoutValidation_SaysSo()
        => Assert.Equal("""{"epoch":50,"val_mean_dice":null,"validated":false}""", TrainStats.Of(Running with { PublishedEpoch = 50 })["published"]!.ToJsonString());
}
