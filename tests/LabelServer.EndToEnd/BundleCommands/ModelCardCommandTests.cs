using System.Collections.Concurrent;
using System.Globalization;
using LabelServer.Bundles.Checkpoints;
using LabelServer.EndToEnd.Processes;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;

namespace LabelServer.EndToEnd.BundleCommands;

/// <summary>Every command of the whole-body model card as it is written there, with <c>labelserver</c> in place of <c>python -m monai</c> and <c>torchrun … -m monai</c>.</summary>
public sealed class ModelCardCommandTests
{
    private const string Meta = "--meta_file configs/metadata.json";
    private const string Logging = "--logging_file configs/logging.conf";

    [Fact]
    public async Task Run_TrainingThenEvaluatingThenInference_LeaveWeightsScoresAndLabels()
    {
        using var bundle = await SmallWholeBody.CreateAsync();

        var trained = await RunAsync(bundle, $"bundle run training {Meta} --config_file configs/train.json {Logging}");
        Assert.Contains("Epoch 2/2: train_loss ", trained, StringComparison.Ordinal);
        Assert.Contains("val_mean_dice ", trained, StringComparison.Ordinal);
        using (var checkpoint = Checkpoint.Read(bundle.FileOf("models", "model.pt"), cancellation: TestContext.Current.CancellationToken))
        {
            Assert.Equal([105, 8, 1, 1, 1], checkpoint.Find("conv_final.2.conv.weight")!.Shape.Select(n => (int)n));
        }

        var evaluated = await RunAsync(bundle, $"bundle run evaluating {Meta} --config_file ['configs/train.json','configs/evaluate.json'] {Logging}");
        AssertReports(bundle, evaluated);

        var inferred = await RunAsync(bundle, $"bundle run evaluating {Meta} --config_file configs/inference.json {Logging}");
        Assert.Contains("s0099_trans.nii.gz", inferred, StringComparison.Ordinal);
        await AssertLabelAsync(bundle, "s0099");

        await RunAsync(bundle, $"bundle run evaluating {Meta} --config_file configs/inference.json {Logging} --datalist ['sampledata/imagesTr/s0003.nii.gz','sampledata/imagesTr/s0007.nii.gz']");
        await AssertLabelAsync(bundle, "s0003");
        await AssertLabelAsync(bundle, "s0007");
    }

    [Theory]
    [InlineData("bundle run training --meta_file configs/metadata.json --config_file ['configs/train.json','configs/multi_gpu_train.json'] --logging_file configs/logging.conf")]
    [InlineData("bundle run evaluating --meta_file configs/metadata.json --config_file ['configs/train.json','configs/evaluate.json','configs/multi_gpu_evaluate.json'] --logging_file configs/logging.conf")]
    public async Task Run_SeveralGpus_IsRefusedPlainly(string command)
    {
        using var bundle = await SmallWholeBody.CreateAsync();

        var (code, output) = await ServerProgram.RunInAsync(bundle.Path, command.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains("several processes", output, StringComparison.Ordinal);
        Assert.Contains("without multi_gpu_", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NewerForm_WithoutIdFromAnywhere_TrainsToo()
    {
        using var bundle = await SmallWholeBody.CreateAsync();

        var (code, output) = await ServerProgram.RunAsync(
            "bundle", "run", "--bundle", bundle.Path, "--config_file", "configs/train.json", "--train#trainer#max_epochs", "1", "--displayable_configs#highres", "False");

        Assert.True(code == 0, output);
        Assert.True(File.Exists(bundle.FileOf("models", "model_lowres.pt")), output);
    }

    [Fact]
    public async Task Run_AskedToStop_EndsSoonWithItsOwnCode()
    {
        using var bundle = await SmallWholeBody.CreateAsync();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new ConcurrentQueue<string>();
        using var process = ServerProgram.Start(
            ["bundle", "run", "--config_file", "configs/train.json", "--train#trainer#max_epochs", "100000"],
            null,
            line =>
            {
                lines.Enqueue(line);
                if (line.StartsWith("Epoch 1/", StringComparison.Ordinal))
                    begun.TrySetResult();
            },
            bundle.Path);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);

        await ServerProgram.TerminateAsync(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        // A program that the signal itself ended has 143, and says nothing.
        Assert.Equal(130, process.ExitCode);
        Assert.Contains(lines, l => l.StartsWith("Cancelled.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_EvaluatingWithoutWeights_SaysWhichFileIsMissing()
    {
        using var bundle = await SmallWholeBody.CreateAsync();

        var (code, output) = await ServerProgram.RunInAsync(bundle.Path, "bundle", "run", "evaluating", "--config_file", "configs/inference.json");

        Assert.Equal(1, code);
        Assert.Contains(bundle.FileOf("models", "model.pt"), output, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(SmallWholeBody bundle, string command)
    {
        var (code, output) = await ServerProgram.RunInAsync(bundle.Path, command.Split(' '));
        Assert.True(code == 0, $"{command}\n{output}");
        return output;
    }

    private static void AssertReports(SmallWholeBody bundle, string output)
    {
        var raw = File.ReadAllLines(bundle.FileOf("eval", "val_mean_dice_raw.csv"));
        Assert.Equal(11, raw.Length);
        Assert.Equal(["filename", .. Enumerable.Range(0, 104).Select(c => $"class{c}"), "mean"], raw[0].Split(','));
        var first = raw[1].Split(',');
        Assert.EndsWith("s0002.nii.gz", first[0], StringComparison.Ordinal);
        Assert.Equal("nan", first[1]);
        var dice = raw[1..].Select(l => double.Parse(l.Split(',')[5], CultureInfo.InvariantCulture)).ToArray();
        Assert.All(dice, d => Assert.InRange(d, 0, 1));
        var metrics = File.ReadAllLines(bundle.FileOf("eval", "metrics.csv"));
        var line = Assert.Single(metrics).Split(',');
        Assert.Equal("val_mean_dice", line[0]);
        Assert.Equal(dice.Average(), double.Parse(line[1], CultureInfo.InvariantCulture), 1e-6);
        Assert.Contains("val_accuracy: ", output, StringComparison.Ordinal);
        Assert.Equal(106, File.ReadAllLines(bundle.FileOf("eval", "val_mean_dice_summary.csv")).Length);
    }

    private static async Task AssertLabelAsync(SmallWholeBody bundle, string image)
    {
        using var label = await VolumeReader.ReadAsync(bundle.FileOf("eval", image, $"{image}_trans.nii.gz"), null, TestContext.Current.CancellationToken);
        Assert.Equal(new GridSize(18, 20, 22), label.Size);
        Assert.Equal(-1.5, label.Grid.Affine.M00, 1e-6);
    }
}
