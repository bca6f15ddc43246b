using System.Numerics;
using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Comparison;

public sealed class LabelComparisonTests
{
    [Fact]
    public void ValuesMayDiffer_WhatCountsIsWhatTheyStandFor()
    {
        using var first = Map<byte>([1, 1, 2, 0]);
        using var second = Map<short>([7, 3, 3, 3]);
        var found = LabelComparison.Of(first, Table((1, 0), (2, 1)), second, Table((7, 0), (3, 1)), 3, withDistances: false, new ParallelOptions());
        Assert.Equal([new(2, 1, 1, null), new(1, 3, 1, null), new(0, 0, 0, null)], found);
        Assert.Equal([2.0 / 3, 0.5, 1], found.Select(f => f.Dice));
    }

    [Fact]
    public void AMapWithTurnedAxes_IsTurnedBackFirst()
    {
        using var first = Map<byte>([1, 0, 0, 2]);
        using var mirrored = new Volume<byte>(new VolumeGrid(new GridSize(4, 1, 1), new Affine(-1, 0, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0)));
        byte[] turned = [2, 0, 0, 1];
        turned.CopyTo(mirrored.Samples);
        var found = LabelComparison.Of(first, Table((1, 0), (2, 1)), mirrored, Table((1, 0), (2, 1)), 2, withDistances: true, new ParallelOptions());
        Assert.All(found, f => Assert.Equal((1.0, (double?)0), (f.Dice, f.Hausdorff95)));
    }

    [Fact]
    public void OtherShapes_AreRefused()
    {
        using var first = Map<byte>([1, 0, 0, 2]);
        using var second = Map<byte>([1, 0, 0]);
        Assert.Throws<GeometryException>(() => LabelComparison.Of(first, Table((1, 0)), second, Table((1, 0)), 1, true, new ParallelOptions()));
    }

    [Fact]
    public void TheTree_FindsWhatASearchOfAllFinds()
    {
        var random = new Random(4);
        Vector3 Point() => new(random.Next(60), random.Next(60) * 0.7f, random.Next(3));
        Vector3[] points = [.. Enumerable.Range(0, 3000).Select(_ => Point())];
        Vector3[] asked = [.. Enumerable.Range(0, 500).Select(_ => Point() + new Vector3(0.3f, 5, 40))];
        var found = new PointTree(points).Distances(asked, new ParallelOptions());
        Assert.Equal(asked.Select(a => points.Min(p => Vector3.Distance(a, p))), found, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    private static StructureTable Table(params (int Value, int Structure)[] entries) => new(entries.ToDictionary(e => e.Value, e => e.Structure));

    private static Volume<T> Map<T>(T[] samples)
        where T : unmanaged, INumber<T>
    {
        var volume = new Volume<T>(new VolumeGrid(new GridSize(samples.Length, 1, 1), Affine.Identity));
        samples.CopyTo(volume.Samples);
        return volume;
    }
}
