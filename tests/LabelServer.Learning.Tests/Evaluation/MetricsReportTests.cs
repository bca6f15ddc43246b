using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Learning.Evaluation;
using LabelServer.Learning.Metrics;

namespace LabelServer.Learning.Tests.Evaluation;

public sealed class MetricsReportTests
{
    [Fact]
    public async Task Write_Scores_HasTheFormOfMonaisMetricsSaver()
    {
        var folder = Directory.CreateTempSubdirectory("labelserver-report-");
        try
        {
            double[][] scores = [[0.00001, double.NaN, 0.00001], [0.25, 0.5, 0.75]];
            var next = 0;
            var metric = new ClassMetric("val_mean_dice", (_, _) => scores[next++]);
            metric.Add(null!, new ParallelOptions());
            metric.Add(null!, new ParallelOptions());
            var report = new MetricsReport(folder.FullName, ["val_mean_dice", "val_acc"], ["val_mean_dice"], ["mean", "median", "max", "min", "90percentile", "std", "notnans"], ",");

            var files = await report.WriteAsync(["a/one.nii.gz", "two.nii.gz"], [metric, new AccuracyMetric("val_accuracy")], TestContext.Current.CancellationToken);

            Assert.Equal(["metrics.csv", "val_mean_dice_raw.csv", "val_mean_dice_summary.csv"], files.Select(f => Path.GetFileName(f)));

            // A float32, written as the double that it is.
            Assert.StartsWith("val_mean_dice,0.250005", await File.ReadAllTextAsync(files[0], TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Equal(
                "filename,class0,class1,class2,mean\na/one.nii.gz,1e-05,nan,1e-05,1e-05\ntwo.nii.gz,0.25,0.5,0.75,0.5\n",
                await File.ReadAllTextAsync(files[1], TestContext.Current.CancellationToken));
            Assert.Equal(
                "class,mean,median,max,min,90percentile,std,notnans\n"
                + "class0,0.1250,0.1250,0.2500,0.0000,0.2250,0.1250,2.0000\n"
                + "class1,0.5000,0.5000,0.5000,0.5000,0.5000,0.0000,1.0000\n"
                + "class2,0.3750,0.3750,0.7500,0.0000,0.6750,0.3750,2.0000\n"
                + "mean,0.2500,0.2500,0.5000,0.0000,0.4500,0.2500,2.0000\n",
                await File.ReadAllTextAsync(files[2], TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Accuracy_OneHotVolumes_CountsEveryEntry()
    {
        using var prediction = Labels(0, 1, 2, 1);
        using var target = Labels(0, 1, 1, 1);
        var metric = new AccuracyMetric("val_accuracy");

        metric.Add(new ScoredImage(LabelOverlap.Count(prediction, target, 3), prediction, target), new ParallelOptions());

        // One voxel of four is wrong, in two of its three channels.
        Assert.Equal(10.0 / 12, metric.Value, 1e-12);
    }

    [Fact]
    public void CountChannels_OneHotVolumes_GiveTheCountsOfTheirLabels()
    {
        using var prediction = new Volume<float>(new VolumeGrid(new GridSize(2, 1, 1), Affine.Identity), 2);
        using var target = new Volume<byte>(new VolumeGrid(new GridSize(2, 1, 1), Affine.Identity), 2);
        float[] predicted = [1, 0, 0, 1];
        predicted.CopyTo(prediction.Samples);
        byte[] actual = [1, 1, 0, 0];
        actual.CopyTo(target.Samples);

        var overlap = LabelOverlap.CountChannels(prediction, target);

        Assert.Equal([1, 0], overlap.Shared);
        Assert.Equal([1, 1], overlap.Predicted);
        Assert.Equal([2, 0], overlap.Actual);
    }

    private static Volume<byte> Labels(params byte[] values)
    {
        var volume = new Volume<byte>(new VolumeGrid(new GridSize(values.Length, 1, 1), Affine.Identity));
        values.CopyTo(volume.Samples);
        return volume;
    }
}
