using System.Runtime.Intrinsics;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>The loops for one stored type.</summary>
/// <remarks>
/// The values of a sample are one run of memory in which the channel repeats. Lanes of sixteen fall on the same channels again after lcm(channels, 16) values, so numbers that belong to
/// channels are laid out once over that period and the loops know nothing of channels. Work is cut into blocks of a fixed size whatever the number of threads, and the blocks' sums are
/// added in order: the result has the same bits on any number of threads.
/// </remarks>
internal sealed unsafe class GroupNormKernel<T> : GroupNormKernel
    where T : struct, ILanes
{
    private const int Width = 16;
    private const int BlockValues = 1 << 15;

    /// <inheritdoc/>
    public override (double[] Values, double[] Squares) Sums(nint x, long voxels, int channels) => Reduce(x, x, voxels, channels, squares: true);

    /// <inheritdoc/>
    public override (double[] Gradients, double[] Products) Products(nint g, nint x, long voxels, int channels) => Reduce(g, x, voxels, channels, squares: false);

    /// <inheritdoc/>
    public override void Apply(nint x, nint y, long voxels, float[] scale, float[] shift)
    {
        var period = Period(scale.Length);
        var (a, b) = (Tile(scale, period), Tile(shift, period));
        ForBlocks(voxels * scale.Length, period, (_, from, to) =>
        {
            fixed (float* pa = a, pb = b)
            {
                var at = from;
                while (at + period <= to)
                {
                    for (var lane = 0; lane < period; lane += Width, at += Width)
                    {
                        T.Store((T.Load(x, at) * Vector512.Load(pa + lane)) + Vector512.Load(pb + lane), y, at);
                    }
                }

                for (var lane = 0; at < to; at++, lane++)
                {
                    T.StoreOne((T.LoadOne(x, at) * pa[lane]) + pb[lane], y, at);
                }
            }
        });
    }

    /// <inheritdoc/>
    public override void ApplyRectified(nint x, nint y, long voxels, float[] scale, float[] shift)
    {
        var period = Period(scale.Length);
        var (a, b) = (Tile(scale, period), Tile(shift, period));
        ForBlocks(voxels * scale.Length, period, (_, from, to) =>
        {
            fixed (float* pa = a, pb = b)
            {
                var at = from;
                while (at + period <= to)
                {
                    for (var lane = 0; lane < period; lane += Width, at += Width)
                    {
                        T.Store(Vector512.Max((T.Load(x, at) * Vector512.Load(pa + lane)) + Vector512.Load(pb + lane), Vector512<float>.Zero), y, at);
                    }
                }

                for (var lane = 0; at < to; at++, lane++)
                {
                    T.StoreOne(Math.Max((T.LoadOne(x, at) * pa[lane]) + pb[lane], 0), y, at);
                }
            }
        });
    }

    /// <inheritdoc/>
    public override void ApplyBackward(nint g, nint x, nint dx, long voxels, float[] byGradient, float[] byInput, float[] constant)
    {
        var period = Period(byGradient.Length);
        var (a, b, c) = (Tile(byGradient, period), Tile(byInput, period), Tile(constant, period));
        ForBlocks(voxels * byGradient.Length, period, (_, from, to) =>
        {
            fixed (float* pa = a, pb = b, pc = c)
            {
                var at = from;
                while (at + period <= to)
                {
                    for (var lane = 0; lane < period; lane += Width, at += Width)
                    {
                        T.Store((T.Load(g, at) * Vector512.Load(pa + lane)) + (T.Load(x, at) * Vector512.Load(pb + lane)) + Vector512.Load(pc + lane), dx, at);
                    }
                }

                for (var lane = 0; at < to; at++, lane++)
                {
                    T.StoreOne((T.LoadOne(g, at) * pa[lane]) + (T.LoadOne(x, at) * pb[lane]) + pc[lane], dx, at);
                }
            }
        });
    }

    private static (double[] First, double[] Second) Reduce(nint values, nint others, long voxels, int channels, bool squares)
    {
        var period = Period(channels);
        var total = voxels * channels;
        var blocks = Blocks(total, period);
        var (first, second) = (new float[blocks * period], new float[blocks * period]);
        ForBlocks(total, period, (block, from, to) =>
        {
            fixed (float* sums = first, products = second)
            {
                ReduceBlock(values, others, from, to, sums + (block * period), products + (block * period), period, squares);
            }
        });
        var (a, b) = (new double[channels], new double[channels]);
        for (var at = 0; at < first.Length; at++)
        {
            a[at % period % channels] += first[at];
            b[at % period % channels] += second[at];
        }

        return (a, b);
    }

    private static void ReduceBlock(nint values, nint others, long from, long to, float* sums, float* products, int period, bool squares)
    {
        var at = from;
        while (at + period <= to)
        {
            for (var lane = 0; lane < period; lane += Width, at += Width)
            {
                var value = T.Load(values, at);
                var other = squares ? value : T.Load(others, at);
                Vector512.Store(Vector512.Load(sums + lane) + value, sums + lane);
                Vector512.Store(Vector512.FusedMultiplyAdd(value, other, Vector512.Load(products + lane)), products + lane);
            }
        }

        for (var lane = 0; at < to; at++, lane++)
        {
            var value = T.LoadOne(values, at);
            sums[lane] += value;
            products[lane] += value * T.LoadOne(others, at);
        }
    }

    private static int Period(int channels)
    {
        var (a, b) = (channels, Width);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return channels / a * Width;
    }

    private static float[] Tile(float[] perChannel, int period)
    {
        var tiled = new float[period];
        for (var at = 0; at < period; at++)
        {
            tiled[at] = perChannel[at % perChannel.Length];
        }

        return tiled;
    }

    private static int BlockLength(int period) => Math.Max(1, BlockValues / period) * period;

    private static int Blocks(long total, int period) => checked((int)((total + BlockLength(period) - 1) / BlockLength(period)));

    private static void ForBlocks(long total, int period, Action<int, long, long> work)
    {
        var length = BlockLength(period);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, TorchSharp.torch.get_num_threads()) };
        Parallel.For(0, Blocks(total, period), options, block => work(block, (long)block * length, Math.Min(total, ((long)block + 1) * length)));
    }
}
