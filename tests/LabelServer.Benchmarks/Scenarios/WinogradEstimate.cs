using System.Diagnostics;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>What convolutions by Winograd's F(2×2×2, 3×3×3) would take for a window of 96³: its products measured as batched matrix products, its transforms as passes over memory.</summary>
/// <remarks>
/// Lavin and Gray 2016, arXiv:1509.09308, in three dimensions: a tile of 4³ inputs gives 2³ outputs with 64 products a pair of channels instead of 216. An estimate: the products run at the speed of libtorch's batched
/// product of just these shapes; the transforms read each value once and write it eight times (and back), either through memory or, at best, within the cache, where they are counted as nothing.
/// </remarks>
internal static class WinogradEstimate
{
    /// <summary>The scenario's name.</summary>
    public const string Name = "winograd-estimate";

    private const int Edge = 96;
    private const int Parts = 8;

    /// <summary>Measures in this process, which should have the worker's environment.</summary>
    public static Task<JsonObject> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        set_num_threads(Environment.ProcessorCount);
        var layers = new JsonArray();
        double products = 0, transforms = 0, direct = 0;
        foreach (var (level, count) in WholeBodyNetwork.ResidualConvolutions())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (edge, channels) = (Edge >> level, WholeBodyNetwork.FiltersOf(level));
            var (product, transform) = Measure(edge, channels);
            var plain = Direct(edge, channels);
            (products, transforms, direct) = (products + (count * product), transforms + (count * transform), direct + (count * plain));
            layers.Add(new JsonObject
            {
                ["edge"] = edge,
                ["channels"] = channels,
                ["convolutions"] = count,
                ["directSeconds"] = Math.Round(plain, 4),
                ["winogradProductSeconds"] = Math.Round(product, 4),
                ["winogradTransformSeconds"] = Math.Round(transform, 4),
            });
        }

        return Task.FromResult(new JsonObject
        {
            ["layers"] = layers,
            ["directSeconds"] = Math.Round(direct, 3),
            ["winogradProductsSeconds"] = Math.Round(products, 3),
            ["winogradThroughMemorySeconds"] = Math.Round(products + transforms, 3),
        });
    }

    private static (double Product, double Transform) Measure(int edge, int channels)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var tiles = Math.Max(1, edge * edge * edge / 8 / Parts);
        var a = ones([64, tiles, channels]);
        var b = ones([64, channels, channels]);
        var copy = empty_like(a);
        var product = Best(() => bmm(a, b).Dispose());

        // In: 64 values a tile are written; out: they are read again. The other side is an eighth of it.
        var transform = Best(() => copy.copy_(a));
        return (product * Parts, transform * Parts);
    }

    private static double Direct(int edge, int channels)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var input = ones([1, edge, edge, edge, channels]).permute(0, 4, 1, 2, 3);
        var weight = ones([channels, 3, 3, 3, channels]).permute(0, 4, 1, 2, 3);
        return Best(() => nn.functional.conv3d(input, weight, padding: [1, 1, 1]).Dispose());
    }

    private static double Best(Action run)
    {
        run();
        var best = double.MaxValue;
        for (var time = 0; time < 2; time++)
        {
            var watch = Stopwatch.StartNew();
            run();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return best;
    }
}
