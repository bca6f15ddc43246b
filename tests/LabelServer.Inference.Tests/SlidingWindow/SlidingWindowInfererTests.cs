using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;
using LabelServer.Inference.SlidingWindow;

namespace LabelServer.Inference.Tests.SlidingWindow;

[Collection(NativeMemoryCollection.Name)]
public sealed class SlidingWindowInfererTests
{
    private static readonly ParallelOptions Parallelism = new();

    /// <summary>Image size, window size, overlap along each axis: single windows, borders, three windows over a voxel, shifts of one voxel, windows larger than the image.</summary>
    public static TheoryData<int[], int[], double[]> Layouts => new()
    {
        { [20, 22, 24], [8, 8, 8], [0.25] },
        { [20, 22, 24], [8, 8, 8], [0] },
        { [20, 22, 24], [8, 10, 12], [0.75, 0.5, 0.1] },
        { [9, 8, 17], [8, 8, 8], [0.25] },
        { [8, 8, 8], [8, 8, 8], [0.25] },
        { [5, 30, 7], [8, 8, 8], [0.625] },
        { [13, 1, 40], [4, 1, 8], [0.9] },
        { [3, 3, 3], [16, 16, 16], [0.25] },
        { [12, 13, 14], [-1, 0, 6], [0.25] },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Labels_OfAnyLayout_AreThoseOfTheFullAccumulation(int[] size, int[] roi, double[] overlap)
    {
        foreach (var mode in Enum.GetValues<BlendMode>())
        {
            foreach (var classes in (int[])[2, 5, 16, 33, 105])
            {
                var options = new SlidingWindowOptions { RoiSize = roi, Overlap = overlap, Mode = mode, Padding = WindowPadding.Replicate, BatchSize = 3 };
                using var image = Noise(size);
                using var network = new FunctionNetwork(classes, Hash(classes));

                using var labels = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, network, Parallelism);

                var plan = WindowPlan.Create(options, image.Size);
                Assert.Equal(PlainBlending.ArgMax(PlainBlending.Blend(image, network, plan), classes), labels.Samples.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Scores_OfAnyLayout_AreThoseOfTheFullAccumulation(int[] size, int[] roi, double[] overlap)
    {
        var options = new SlidingWindowOptions { RoiSize = roi, Overlap = overlap, Mode = BlendMode.Gaussian, Padding = WindowPadding.Constant, PadValue = 3 };
        using var image = Noise(size);
        using var network = new FunctionNetwork(7, Hash(7));

        using var scores = new SlidingWindowInferer(options).Scores(image, network, Parallelism);

        var expected = PlainBlending.Blend(image, network, WindowPlan.Create(options, image.Size));
        var actual = scores.Samples;
        for (var voxel = 0; voxel < image.Samples.Length; voxel++)
        {
            for (var c = 0; c < 7; c++)
            {
                Assert.Equal(expected[(voxel * 7) + c], actual[(c * image.Samples.Length) + voxel], 1e-5f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Labels_WithTheLastStepLeftOut_AreThoseWithIt(int[] size, int[] roi, double[] overlap)
    {
        const int Features = 20;
        const int Classes = 37;
        var head = new LinearHead([.. Enumerable.Range(0, Features * Classes).Select(i => Hashed(i) - 0.5f)], [.. Enumerable.Range(0, Classes).Select(i => Hashed(i + 7) - 0.5f)]);
        var options = new SlidingWindowOptions { RoiSize = roi, Overlap = overlap, Mode = BlendMode.Gaussian, Padding = WindowPadding.Replicate };
        using var image = Noise(size);
        var features = Hash(Features);
        using var headless = new FunctionNetwork(Features, features, head: head);
        using var whole = new FunctionNetwork(Classes, (sample, x, y, z, window, scores) =>
        {
            Span<float> values = stackalloc float[Features];
            features(sample, x, y, z, window, values);
            for (var o = 0; o < Classes; o++)
            {
                scores[o] = head.Bias[o];
                for (var f = 0; f < Features; f++)
                {
                    scores[o] += head.Weights[(o * Features) + f] * values[f];
                }
            }
        });

        using var fromFeatures = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, headless, Parallelism);
        using var fromScores = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, whole, Parallelism);
        using var scoresFromFeatures = new SlidingWindowInferer(options).Scores(image, headless, Parallelism);
        using var scoresFromScores = new SlidingWindowInferer(options).Scores(image, whole, Parallelism);

        Assert.Equal(fromScores.Samples.ToArray(), fromFeatures.Samples.ToArray());
        for (var index = 0; index < scoresFromScores.Samples.Length; index++)
        {
            Assert.Equal(scoresFromScores.Samples[index], scoresFromFeatures.Samples[index], 1e-4f);
        }
    }

    [Fact]
    public void Labels_OfBFloat16Scores_AreThoseOfTheSameNumbersInFloat32()
    {
        var options = new SlidingWindowOptions { RoiSize = [8], Overlap = [0.25], Mode = BlendMode.Gaussian };
        using var image = Noise([20, 13, 9]);
        var hash = Hash(35);
        void Rounded(float sample, int x, int y, int z, GridSize window, Span<float> scores)
        {
            hash(sample, x, y, z, window, scores);
            foreach (ref var score in scores)
            {
                score = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(score) & 0xFFFF0000);
            }
        }

        using var narrow = new FunctionNetwork(35, Rounded, NetworkPrecision.BFloat16);
        using var wide = new FunctionNetwork(35, Rounded);

        using var fromNarrow = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, narrow, Parallelism);
        using var fromWide = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, wide, Parallelism);

        Assert.Equal(fromWide.Samples.ToArray(), fromNarrow.Samples.ToArray());
    }

    [Fact]
    public void Labels_OfMoreThan256Classes_Are16Bit()
    {
        using var image = Noise([6, 6, 6]);
        using var network = new FunctionNetwork(300, (_, x, _, _, _, scores) =>
        {
            scores.Clear();
            scores[290 + x] = 1;
        });

        using var labels = (Volume<ushort>)new SlidingWindowInferer(SlidingWindowOptions.WholeImage(3)).Labels(image, network, Parallelism);

        Assert.Equal(293, labels[0, 3, 0, 0]);
    }

    [Fact]
    public void Labels_OfEqualScores_TakeTheFirstClass()
    {
        using var image = Noise([4, 4, 4]);
        using var network = new FunctionNetwork(105, (_, _, _, z, _, scores) =>
        {
            scores.Clear();
            scores[17 + z] = scores[60] = scores[104] = 1;
        });

        using var labels = (Volume<byte>)new SlidingWindowInferer(SlidingWindowOptions.WholeImage(3)).Labels(image, network, Parallelism);

        Assert.Equal([17, 18, 19, 20], (int[])[labels[0, 0, 0, 0], labels[0, 0, 0, 1], labels[0, 0, 0, 2], labels[0, 0, 0, 3]]);
    }

    [Fact]
    public void Labels_ThreadCount_DoesNotChangeBits()
    {
        var options = new SlidingWindowOptions { RoiSize = [8], Overlap = [0.5], Mode = BlendMode.Gaussian };
        using var image = Noise([20, 13, 19]);
        using var network = new FunctionNetwork(9, Hash(9));

        using var one = new SlidingWindowInferer(options).Scores(image, network, new ParallelOptions { MaxDegreeOfParallelism = 1 });
        using var many = new SlidingWindowInferer(options).Scores(image, network, new ParallelOptions { MaxDegreeOfParallelism = 8 });

        Assert.Equal(one.Samples.ToArray(), many.Samples.ToArray());
    }

    [Fact]
    public void Labels_OfTwoDimensions_RunWindowsOfOnePlane()
    {
        var options = new SlidingWindowOptions { RoiSize = [8, 6], SpatialDims = 2, Overlap = [0.25] };
        using var image = Noise([20, 13, 1]);
        using var network = new FunctionNetwork(3, Hash(3));

        using var labels = (Volume<byte>)new SlidingWindowInferer(options).Labels(image, network, Parallelism);

        Assert.All(network.Runs, r => Assert.Equal((new GridSize(8, 6, 1), 2), (r.Size, r.SpatialDims)));
        Assert.Equal(PlainBlending.ArgMax(PlainBlending.Blend(image, network, WindowPlan.Create(options, image.Size)), 3), labels.Samples.ToArray());
    }

    [Fact]
    public void Labels_BatchSize_GivesThatManyWindowsAtATime()
    {
        var options = new SlidingWindowOptions { RoiSize = [8], BatchSize = 4 };
        using var image = Noise([20, 8, 14]);
        using var network = new FunctionNetwork(2, Hash(2));
        var reports = new List<WindowProgress>();

        using var labels = new SlidingWindowInferer(options).Labels(image, network, Parallelism, new Collector(reports));

        Assert.Equal([4, 2], network.Runs.Select(r => r.Count));
        Assert.Equal([new WindowProgress(4, 6), new WindowProgress(6, 6)], reports);
    }

    [Fact]
    public void Labels_CancelledHalfway_ThrowsAndReturnsMemory()
    {
        using var cancel = new CancellationTokenSource();
        using var image = Noise([30, 8, 8]);
        var before = NativeMemoryUse.LiveBytes;
        var runs = 0;
        using var network = new FunctionNetwork(5, Hash(5)) { BeforeRun = () => Cancel(++runs, cancel) };
        var inferer = new SlidingWindowInferer(new SlidingWindowOptions { RoiSize = [8] });

        Assert.ThrowsAny<OperationCanceledException>(() => inferer.Labels(image, network, new ParallelOptions { CancellationToken = cancel.Token }));
        Assert.Equal(2, network.Runs.Count);
        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    [Fact]
    public void Labels_NetworkOfAnotherOutputSize_ThrowsNamingBoth()
    {
        using var image = Noise([8, 8, 8]);
        using var network = new FunctionNetwork(5, Hash(5));
        using var wrong = new ResizingNetwork(network);

        var error = Assert.Throws<NetworkException>(() => new SlidingWindowInferer(SlidingWindowOptions.WholeImage(3)).Labels(image, wrong, Parallelism));

        Assert.Contains("5 channels of 4×4×4 voxels for a window of 8×8×8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_ImageOfOtherChannels_ThrowsNamingBoth()
    {
        using var image = new Volume<float>(new VolumeGrid(new GridSize(8, 8, 8), Affine.Identity), 4);
        using var network = new FunctionNetwork(5, Hash(5));

        var error = Assert.Throws<SlidingWindowException>(() => new SlidingWindowInferer(SlidingWindowOptions.WholeImage(3)).Labels(image, network, Parallelism));

        Assert.StartsWith("The network expects 1 channel(s), the preprocessed image has 4.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_WindowsThatNoArrayHolds_ThrowsNamingRoiSize()
    {
        using var image = new Volume<float>(new VolumeGrid(new GridSize(8, 8, 8), Affine.Identity), 1);
        using var network = new FunctionNetwork(5, Hash(5));

        var error = Assert.Throws<SlidingWindowException>(() => new SlidingWindowInferer(new SlidingWindowOptions { RoiSize = [4096, 4096, 4096], BatchSize = 2 }).Labels(image, network, Parallelism));

        Assert.Contains("roi_size", error.Message, StringComparison.Ordinal);
    }

    internal static Volume<float> Noise(int[] size)
    {
        var image = new Volume<float>(new VolumeGrid(new GridSize(size[0], size[1], size[2]), Affine.Identity));
        for (var index = 0; index < image.Samples.Length; index++)
        {
            image.Samples[index] = Hashed(index);
        }

        return image;
    }

    private static void Cancel(int run, CancellationTokenSource source)
    {
        if (run == 2)
        {
            source.Cancel();
        }
    }

    // Depends on the sample and on the place in the window, so that a window in a wrong place or order shows.
    private static Action<float, int, int, int, GridSize, Span<float>> Hash(int channels) => (sample, x, y, z, _, scores) =>
    {
        for (var c = 0; c < channels; c++)
        {
            scores[c] = Hashed((int)(sample * 1e6f) + (((((c * 131) + x) * 37) + y) * 41) + z);
        }
    };

    private static float Hashed(int value)
    {
        var bits = (uint)value * 2654435761u;
        bits = (bits ^ (bits >> 15)) * 2246822519u;
        return (bits ^ (bits >> 13)) / (float)uint.MaxValue;
    }

    private sealed class Collector(List<WindowProgress> reports) : IProgress<WindowProgress>
    {
        public void Report(WindowProgress value) => reports.Add(value);
    }

    private sealed class ResizingNetwork(INetwork inner) : INetwork
    {
        public int? InputChannels => inner.InputChannels;

        public int? OutputChannels => inner.OutputChannels;

        public NetworkPrecision Precision => inner.Precision;

        public string Device => inner.Device;

        public LinearHead? Head => null;

        public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken) =>
            inner.Run(windows[..64], shape with { Size = new GridSize(4, 4, 4) }, cancellationToken);

        public void Dispose()
        {
        }
    }
}
