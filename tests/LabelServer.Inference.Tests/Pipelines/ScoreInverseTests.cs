using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Labels;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Tests.SlidingWindow;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Tests.Pipelines;

[Collection(NativeMemoryCollection.Name)]
public sealed class ScoreInverseTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(300)]
    public void ArgMax_OfAnyChain_IsThatOfAllClassesAtFullSize(int classes)
    {
        var context = new TransformContext();
        using var sample = new Sample();
        var noise = SlidingWindowInfererTests.Noise([11, 9, 8]);
        var grid = new VolumeGrid(noise.Size, new Affine(0, -2, 0, 10, 2.5, 0, 0, 0, 0, 0, 3, 0));
        var image = new Volume<float>(grid);
        noise.Samples.CopyTo(image.Samples);
        noise.Dispose();
        sample.Add("image", image);
        Chain().Apply(sample, context);
        var item = sample["image"];
        using var scores = new Volume<float>(item.Grid, classes);
        using var random = SlidingWindowInfererTests.Noise([scores.Samples.Length, 1, 1]);
        random.Samples.CopyTo(scores.Samples);
        var before = NativeMemoryUse.LiveBytes;

        using (var labels = ScoreInverse.ArgMax(scores, item.Trace, context.Parallel))
        {
            var all = Invert.Undo(new VolumeView(scores), item.Trace, null, context.Parallel);
            using var full = SampleConversion.ToFloat(all, context.Parallel);
            using var expected = Discretise.Argmax(full, context.Parallel);
            if (!ReferenceEquals(all.Stored, scores))
            {
                all.Stored.Dispose();
            }

            Assert.Equal(grid, labels.Grid);
            Assert.Equal(Values(expected), Values(labels));
        }

        Assert.Equal(before, NativeMemoryUse.LiveBytes);
    }

    private static int[] Values(Volume volume) =>
        volume is Volume<byte> narrow ? [.. narrow.Samples.ToArray().Select(v => (int)v)] : [.. ((Volume<ushort>)volume).Samples.ToArray().Select(v => (int)v)];

    private static Compose Chain()
    {
        var document = ConfigDocument.Parse(
            """
            { "pre": [
              { "_target_": "Orientationd", "keys": "image", "axcodes": "RAS" },
              { "_target_": "Spacingd", "keys": "image", "pixdim": [2, 2, 2], "mode": "bilinear" },
              { "_target_": "Resized", "keys": "image", "spatial_size": [10, 12, 7], "mode": "area" } ] }
            """,
            ConfigFormat.Json);
        return TransformRegistry.CreateDefault().Build("test", new ConfigResolver(document).Resolve("pre"));
    }
}
