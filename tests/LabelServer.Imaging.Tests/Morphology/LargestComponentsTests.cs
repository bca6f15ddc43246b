using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Morphology;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Morphology;

public sealed class LargestComponentsTests
{
    public static TheoryData<int, int> SeedsAndConnectivities()
    {
        var data = new TheoryData<int, int>();
        for (var seed = 0; seed < 12; seed++)
        {
            data.Add(seed, (seed % 3) + 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(SeedsAndConnectivities))]
    public void Find_RandomLabels_GivesTheComponentsOfAFloodFill(int seed, int connectivity)
    {
        using var volume = MorphologyReference.Labels(new GridSize(11, 9, 7), labels: 3, seed);
        var expected = MorphologyReference.Components(volume.Samples, volume.Size, connectivity);
        var found = ConnectedRuns.Find<byte>(volume.Samples, volume.Size, connectivity, v => v, CancellationToken.None);
        var pairs = new Dictionary<int, int>();
        var covered = 0;
        for (var n = 0; n < found.Runs.Length; n++)
        {
            var run = found.Runs[n];
            for (var i = run.Start; i < run.End; i++)
            {
                var reference = expected[(run.Line * volume.Size.I) + i];
                Assert.Equal(pairs.TryAdd(reference, found.ComponentOf(n)) ? found.ComponentOf(n) : pairs[reference], found.ComponentOf(n));
                covered++;
            }
        }

        Assert.Equal(expected.Count(e => e != 0), covered);
        Assert.Equal(expected.Where(e => e != 0).Distinct().Count(), pairs.Values.Distinct().Count());
    }

    [Fact]
    public void KeepInLabels_OfEquallyLargeComponents_KeepsTheLastInRowMajorOrder()
    {
        using var volume = new Volume<byte>(new VolumeGrid(new GridSize(5, 1, 5), Affine.Identity));
        (volume[0, 0, 0, 4], volume[0, 4, 0, 0]) = (1, 1);
        LargestComponents.KeepInLabels(volume, null, independent: true, connectivity: 3, count: 1, CancellationToken.None);
        Assert.Equal((0, 1), (volume[0, 0, 0, 4], volume[0, 4, 0, 0]));
    }

    [Fact]
    public void KeepInLabels_UnionOfLabels_KeepsTouchingLabelsTogether()
    {
        using var volume = new Volume<byte>(new VolumeGrid(new GridSize(7, 1, 1), Affine.Identity));
        ((ReadOnlySpan<byte>)[1, 2, 0, 1, 1, 1, 0]).CopyTo(volume.Samples);
        LargestComponents.KeepInLabels(volume, [1, 2], independent: false, connectivity: 1, count: 1, CancellationToken.None);
        Assert.Equal([0, 0, 0, 1, 1, 1, 0], volume.Samples.ToArray());
    }

    [Fact]
    public void KeepInChannels_ChannelThatIsNotThere_IsRefused()
    {
        using var volume = new Volume<byte>(new VolumeGrid(new GridSize(3, 3, 3), Affine.Identity), channels: 2);
        Assert.Throws<VolumeUnsupportedException>(() => LargestComponents.KeepInChannels(volume, [2], true, 1, 1, CancellationToken.None));
    }

    [Fact]
    public void Find_Cancelled_Throws()
    {
        using var volume = MorphologyReference.Labels(new GridSize(4, 4, 4), labels: 2, seed: 1);
        Assert.Throws<OperationCanceledException>(() => LargestComponents.KeepInLabels(volume, null, true, 1, 1, new CancellationToken(canceled: true)));
    }
}
