using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Tests.SlidingWindow;
using LabelServer.Inference.Uncertainty;

namespace LabelServer.Inference.Tests.Uncertainty;

public sealed class UncertaintyMeterTests
{
    private static readonly GridSize Size = new(11, 7, 9);

    [Fact]
    public void WithDropout_TheResultIsThatOfWholePredictionsKeptSideBySide()
    {
        using var image = Image();
        using var network = new NoisyNetwork();
        var result = Meter().Measure(image, network, new UncertaintyOptions { Repetitions = 3, Dropout = 0.5 }, new ParallelOptions(), null);

        // The same three predictions as whole images; the network's noise is a function of the run's number.
        var scores = Enumerable.Range(0, 3).Select(run => new SlidingWindowInferer(Windows()).Scores(image, new NoisyNetwork { Fixed = run }, new ParallelOptions())).ToList();
        double entropy = 0, variance = 0;
        var winners = new long[3];
        for (var voxel = 0; voxel < Size.VoxelCount; voxel++)
        {
            var probabilities = scores.SelectMany(s => Softmax([.. Enumerable.Range(0, 3).Select(c => s.Samples[(int)((c * Size.VoxelCount) + voxel)])])).ToArray();
            entropy += PredictionSpread.Entropy(probabilities, 3, from: 1);
            variance += PredictionSpread.Variance(probabilities, 3, from: 1);
            var means = Enumerable.Range(0, 3).Select(c => probabilities[c] + probabilities[3 + c] + probabilities[6 + c]).ToList();
            winners[means.IndexOf(means.Max())]++;
        }

        scores.ForEach(s => s.Dispose());
        Assert.Equal(entropy / Size.VoxelCount, result.Entropy, 1e-5);
        Assert.Equal(variance / Size.VoxelCount, result.Variance, 1e-6);
        Assert.Equal(winners.Select(w => w * 6.0), result.Volumes);
        Assert.True(result.Entropy > 0 && result.Variance > 0);
        Assert.Equal((null, 1), (network.Probability, network.TurnedOff));
    }

    [Fact]
    public void WithFlips_AnEquivariantNetworkHasNoSpread_AndOneThatLooksAtPlacesHas()
    {
        using var image = Image();
        var options = new UncertaintyOptions { Method = UncertaintyMethod.Flips, Repetitions = 8 };
        using var pointwise = new FunctionNetwork(2, (v, _, _, _, _, s) => (s[0], s[1]) = (v, -v), NetworkPrecision.BFloat16);
        var same = Meter().Measure(image, pointwise, options, new ParallelOptions(), null);
        Assert.Equal(0, same.Variance, 1e-10);
        Assert.Equal(8, same.Repetitions);
        Assert.All(pointwise.Runs, r => Assert.Equal(2, r.Count));

        using var placed = new FunctionNetwork(2, (v, x, _, _, size, s) => (s[0], s[1]) = (v, x < size.I / 2 ? 3 : -3));
        Assert.True(Meter().Measure(image, placed, options, new ParallelOptions(), null).Variance > 0.1);
    }

    [Fact]
    public void TheHead_IsAppliedAfterBlending()
    {
        using var image = Image();
        var head = new LinearHead([1, 0, 0, 1, -1, -1], [0.5f, 0, 0]);
        using var features = new FunctionNetwork(2, (v, _, _, _, _, s) => (s[0], s[1]) = (v, 1), head: head);
        using var plain = new FunctionNetwork(3, (v, _, _, _, _, s) => (s[0], s[1], s[2]) = (v + 0.5f, 1, -v - 1));
        var options = new UncertaintyOptions { Method = UncertaintyMethod.Flips, Repetitions = 2 };
        var (with, without) = (Meter().Measure(image, features, options, new ParallelOptions(), null), Meter().Measure(image, plain, options, new ParallelOptions(), null));
        Assert.Equal(without.Entropy, with.Entropy, 1e-5);
        Assert.Equal(without.Volumes, with.Volumes);
        Assert.Empty(with.Features);
    }

    [Fact]
    public void WhatTheEncoderMakesOfTheWindows_IsAveraged_AndLeftOutWhenItIsNoNumber()
    {
        using var image = Image();
        using var network = new FunctionNetwork(2, (v, _, _, _, _, s) => (s[0], s[1]) = (v, -v)) { Encodes = true };
        var options = new UncertaintyOptions { Method = UncertaintyMethod.Flips, Repetitions = 4 };
        var whole = new UncertaintyMeter(new SlidingWindowOptions { RoiSize = [Size.I, Size.J, Size.K] }).Measure(image, network, options, new ParallelOptions(), null);
        Assert.Equal([image.Samples.ToArray().Average(v => (double)v), 1], whole.Features, (a, b) => Math.Abs(a - b) < 1e-5);
        var tiled = Meter().Measure(image, network, options, new ParallelOptions(), null);
        Assert.Equal((2, 1), (tiled.Features.Count, tiled.Features[1]));
        image.Samples[0] = float.NaN;
        Assert.Empty(Meter().Measure(image, network, options, new ParallelOptions(), null).Features);
    }

    [Fact]
    public void ANetworkWithoutDropout_IsRefusedWithTheWayOut()
    {
        using var image = Image();
        using var network = new FunctionNetwork(2, (v, _, _, _, _, s) => s[0] = v);
        var error = Assert.Throws<NetworkUnsupportedException>(() => Meter().Measure(image, network, new UncertaintyOptions(), new ParallelOptions(), null));
        Assert.Contains("test-time augmentation", error.Message, StringComparison.Ordinal);
    }

    private static UncertaintyMeter Meter() => new(Windows());

    private static SlidingWindowOptions Windows() => new() { RoiSize = [4, 4, 4], BatchSize = 2, Overlap = [0.25] };

    private static Volume<float> Image()
    {
        var image = new Volume<float>(new VolumeGrid(Size, Affine.Scaling(1, 2, 3)));
        for (var at = 0; at < image.Samples.Length; at++)
            image.Samples[at] = MathF.Sin(at * 0.37f);
        return image;
    }

    private static float[] Softmax(float[] scores)
    {
        var exponentials = scores.Select(s => MathF.Exp(s - scores.Max())).ToArray();
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    /// <summary>Adds to its scores a number that changes from run to run, in turns of three.</summary>
    private sealed class NoisyNetwork : IDropoutNetwork
    {
        private readonly FunctionNetwork _inner;
        private int _runs;
        private int _noise;

        public NoisyNetwork() => _inner = new FunctionNetwork(3, (v, _, _, _, _, s) => (s[0], s[1], s[2]) = (v, v * _noise, 0.3f));

        public int? Fixed { get; init; }

        public double? Probability { get; private set; }

        public int TurnedOff { get; private set; }

        public int? InputChannels => 1;

        public int? OutputChannels => 3;

        public NetworkPrecision Precision => NetworkPrecision.Float32;

        public string Device => "cpu";

        public LinearHead? Head => null;

        public bool UseDropout(double? probability, long seed)
        {
            TurnedOff += probability is null ? 1 : 0;
            Probability = probability;
            return true;
        }

        public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
        {
            Assert.True(Fixed is not null || Probability == 0.5);
            _noise = (Fixed ?? _runs++ % 3) - 1;
            return _inner.Run(windows, shape, cancellationToken);
        }

        public void Dispose() => _inner.Dispose();
    }
}
