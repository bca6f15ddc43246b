using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.History;
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
        Assert.Equal([1, 0], weights.History.Versions().Select(v => v.Version));
        Assert.Equal(7, weights.History.Versions()[0].Info!.Epoch);
        Assert.Null(weights.History.Versions()[1].Info);
        Assert.Equal(0, weights.History.Rollback().Version);
        Assert.Equal(1, Served(weights));
        Assert.Equal(0, weights.History.FindServed()!.Version);
    }

    [Fact]
    public async Task Rollback_AgainAndAgain_GoesFurtherBack()
    {
        var weights = Create();
        for (var n = 1; n <= 3; n++)
        {
            await weights.PublishAsync(Values(n), Info(n), TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, weights.History.FindServed()!.Version);
        Assert.Equal(2, weights.History.Rollback().Version);
        Assert.Equal(1, weights.History.Rollback().Version);
        Assert.Equal(1, Served(weights));
        Assert.Throws<WeightsHistoryException>(() => weights.History.Rollback());
    }

    [Fact]
    public async Task PublishAsync_OverWeightsThatWerePutThereByHand_KeepsThem()
    {
        var weights = Create();
        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);
        var foreign = new BundleWeights(Path.Combine(_folder, "elsewhere"), "model.pt", _time);
        await foreign.PublishAsync(Values(8), Info(1), TestContext.Current.CancellationToken);
        File.Copy(foreign.ServedFile, weights.ServedFile, overwrite: true);
        File.SetLastWriteTimeUtc(weights.ServedFile, _time.GetUtcNow().UtcDateTime.AddMinutes(5));
        Assert.Null(weights.History.FindServed());

        await weights.PublishAsync(Values(2), Info(2), TestContext.Current.CancellationToken);

        Assert.Equal([3, 2, 1], weights.History.Versions().Select(v => v.Version));
        Assert.Null(weights.History.Rollback().Info);
        Assert.Equal(8, Served(weights));
    }

    [Fact]
    public async Task PublishAsync_ManyTimes_KeepsTheLastOnes()
    {
        var weights = Create(keep: 2);
        for (var n = 1; n <= 4; n++)
        {
            await weights.PublishAsync(Values(n), Info(n), TestContext.Current.CancellationToken);
        }

        Assert.Equal([4, 3], weights.History.Versions().Select(v => v.Version));
        Assert.Equal(4, Served(weights));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_folder, "models", "history", "model")).Length);
    }

    [Fact]
    public async Task Versions_WithADamagedNote_AreTheOthers_AndNothingIsWrittenOverItsWeights()
    {
        var weights = Create();
        for (var n = 1; n <= 2; n++)
        {
            await weights.PublishAsync(Values(n), Info(n), TestContext.Current.CancellationToken);
        }

        File.WriteAllText(Path.Combine(_folder, "models", "history", "model", "0002.json"), string.Empty);

        Assert.Equal([1], weights.History.Versions().Select(v => v.Version));
        Assert.Null(weights.History.FindServed());
        await weights.PublishAsync(Values(3), Info(3), TestContext.Current.CancellationToken);
        Assert.Equal(3, Served(weights));
        Assert.True(File.Exists(Path.Combine(_folder, "models", "history", "model", "0002.pt")));
    }

    [Fact]
    public async Task PublishAsync_FailingWhileItWrites_LeavesWhatIsServedAndNoRemains()
    {
        var weights = Create();
        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);
        var before = Files();

        await Assert.ThrowsAsync<IOException>(() => weights.History.PublishAsync(
            async (path, cancellationToken) =>
            {
                await File.WriteAllBytesAsync(path, new byte[100], cancellationToken);
                throw new IOException("No space left on device");
            },
            Info(2),
            TestContext.Current.CancellationToken));

        Assert.Equal(before, Files());
        Assert.Equal(1, Served(weights));

        List<string> Files() => [.. Directory.GetFiles(Path.Combine(_folder, "models"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
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
        weights.History.Rollback(1);

        Assert.Equal(1, Served(weights));
        Assert.Equal(_time.GetUtcNow().UtcDateTime, File.GetLastWriteTimeUtc(weights.ServedFile));
    }

    [Fact]
    public async Task Rollback_UnknownVersion_ListsThoseThereAre()
    {
        var weights = Create();
        Assert.Equal("There is no version before the served one of model.pt. Nothing was published yet.", Assert.Throws<WeightsHistoryException>(() => weights.History.Rollback()).Message);

        await weights.PublishAsync(Values(1), Info(1), TestContext.Current.CancellationToken);

        Assert.Equal("There is no version 9 of model.pt. There are: 1.", Assert.Throws<WeightsHistoryException>(() => weights.History.Rollback(9)).Message);
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
        Assert.Equal([1], weights.History.Versions().Select(v => v.Version));
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

    private BundleWeights Create(int keep = 5) => new(new WeightsHistory(_folder, "model.pt", _time) { Keep = keep });
}
