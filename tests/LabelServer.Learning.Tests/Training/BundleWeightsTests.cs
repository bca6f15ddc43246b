using LabelServer.Bundles.Checkpoints;
using LabelServer.Learning.Training;
using Microsoft.Extensions.Time.Testing;

namespace LabelServer.Learning.Tests.Training;

public sealed class BundleWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labelserver-weights-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task PublishAsync_FirstTime_ServesAndKeepsTheOriginal()
    {
        var weights = Create();
        Directory.CreateDirectory(Path.GetDirectoryName(weights.ServedFile)!);
        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);
        File.Delete(Directory.GetFiles(Path.Combine(_folder, "models", "history", "model"))[0]);
        Directory.Delete(Path.Combine(_folder, "models", "history"), recursive: true);

        await weights.PublishAsync(Values(2), Info(7), TestContext.Current.CancellationToken);

        Assert.Equal(2, Served(weights));
        Assert.Equal([1, 0], weights.Versions().Select(v => v.Version));
        Assert.Equal(7, weights.Versions()[0].Info!.Epoch);
        Assert.Null(weights.Versions()[1].Info);
        Assert.Equal(0, weights.Rollback().Version);
        Assert.Equal(1, Served(weights));
    }

    [Fact]
    public async Task PublishAsync_ManyTimes_KeepsTheLastOnes()
    {
        var weights = Create(keep: 2);
        for (var n = 1; n <= 4; n++)
        {
            await weights.PublishAsync(Values(n), Info(n), TestContext.Current.CancellationToken);
        }

        Assert.Equal([4, 3], weights.Versions().Select(v => v.Version));
        Assert.Equal(4, Served(weights));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_folder, "models", "history", "model")).Length);
    }

    [Fact]
    public async Task Rollback_NamedVersion_IsServedWithANewTime()
    {
        var weights = Create();
        for (var n = 1; n <= 3; n++)
        {
            await weights.PublishAsync(Values(n), Info(n), TestContext.Current.CancellationToken);
        }

        _time.Advance(TimeSpan.FromHours(1));
        weights.Rollback(1);

        Assert.Equal(1, Served(weights));
        Assert.Equal(_time.GetUtcNow().UtcDateTime, File.GetLastWriteTimeUtc(weights.ServedFile));
    }

    [Fact]
    public async Task Rollback_UnknownVersion_ListsThoseThereAre()
    {
        var weights = Create();
        Assert.Equal("There is no version before the newest of model.pt. Nothing was published yet.", Assert.Throws<TrainingException>(() => weights.Rollback()).Message);

        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);

        Assert.Equal("There is no version 9 of model.pt. There are: 1.", Assert.Throws<TrainingException>(() => weights.Rollback(9)).Message);
    }

    [Fact]
    public async Task PublishAsync_Cancelled_LeavesWhatWasServed()
    {
        var weights = Create();
        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => weights.PublishAsync(Values(2), Info(2), cancel.Token));

        Assert.Equal(1, Served(weights));
        Assert.Equal([1], weights.Versions().Select(v => v.Version));
    }

    [Fact]
    public async Task PublishAsync_Float16_HalvesTheFileAndKeepsTheValues()
    {
        var weights = new BundleWeights(_folder, "model.pt", _time, CheckpointDataType.Float16);

        await weights.PublishAsync(Values(1.5f), Info(1), TestContext.Current.CancellationToken);

        Assert.Equal(1.5f, Served(weights));
        using var checkpoint = Checkpoint.Read(weights.ServedFile, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(CheckpointDataType.Float16, checkpoint.Tensors[0].Type);
        Assert.Equal("convInit.conv.weight", checkpoint.Tensors[0].Name);
    }

    private static float Served(BundleWeights weights) => weights.ReadServed(CancellationToken.None)![0].Values[0];

    private static NamedWeights[] Values(float value) => [new("convInit.conv.weight", [2, 1], [value, -value])];

    private static PublishedWeights Info(int epoch) => new(epoch, 0.5, [0.5, double.NaN], 3, 1);

    private BundleWeights Create(int keep = 5) => new(_folder, "model.pt", _time) { Keep = keep };
}
