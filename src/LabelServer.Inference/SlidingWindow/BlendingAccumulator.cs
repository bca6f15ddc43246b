using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.SlidingWindow;

/// <summary>Blends overlapping windows and hands each voxel on as soon as the last window over it is in. Only voxels that wait for another window take memory.</summary>
/// <remarks>
/// <para>The unit is the cell, a box of voxels that the same windows cover. Its first window writes weight × value, those between add to it, the last one adds while the
/// voxels are handed on, and the memory goes back to the pool. A cell under one window only takes no memory at all.</para>
/// <para>Memory order of a cell is that of the network's output: [X, Y, Z, C], so that a row of voxels along z is one run of memory in both.</para>
/// <para>Parallel over the rows of a window along y; the number of threads does not change a bit of the result, since each voxel belongs to one row.</para>
/// </remarks>
internal abstract class BlendingAccumulator : IWindowAccumulator
{
    private readonly WindowPlan _plan;
    private readonly float[] _importance;
    private readonly int _channels;
    private readonly NativeBuffer<float>?[] _cells;
    private readonly int[] _seen;
    private readonly Dictionary<long, Stack<NativeBuffer<float>>> _pool = [];
    private bool _disposed;

    /// <summary>Prepares for the windows of a plan.</summary>
    /// <param name="plan">The windows.</param>
    /// <param name="channels">Channels that the network gives.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    protected BlendingAccumulator(WindowPlan plan, int channels, ParallelOptions parallel)
    {
        _plan = plan;
        _channels = channels;
        Parallelism = parallel;
        _importance = ImportanceMap.Create(plan.Roi, plan.Options);
        _cells = new NativeBuffer<float>?[plan.CellCount];
        _seen = new int[plan.CellCount];
    }

    /// <summary>Threads and cancellation.</summary>
    protected ParallelOptions Parallelism { get; }

    /// <inheritdoc/>
    public void Add(WindowIndex window, NetworkOutput output, int item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (output.Size != _plan.Roi || output.Channels != _channels)
        {
            throw new NetworkException(
                $"The network gives {output.Channels} channels of {output.Size} voxels for a window of {_plan.Roi}; networks whose output has another size than their input are not supported.");
        }

        var cells = _plan.CellsOf(window).ToArray();
        foreach (var cell in cells)
        {
            _seen[cell.Number]++;
            if (cell.WindowCount > 1 && _seen[cell.Number] == 1)
            {
                _cells[cell.Number] = Rent(cell.VoxelCount * _channels);
            }
        }

        if (output.ElementType == NetworkPrecision.BFloat16)
        {
            Blend<BFloat16Source>(window, cells, output.Window(item));
        }
        else
        {
            Blend<Float32Source>(window, cells, output.Window(item));
        }

        foreach (var cell in cells.Where(c => _cells[c.Number] is not null && _seen[c.Number] == c.WindowCount))
        {
            Return(cell.VoxelCount * _channels, _cells[cell.Number]!);
            _cells[cell.Number] = null;
        }
    }

    /// <inheritdoc/>
    public abstract Volume Take();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var buffer in _cells.Concat(_pool.Values.SelectMany(s => s)))
        {
            ((IDisposable?)buffer)?.Dispose();
        }

        _pool.Clear();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a derived type holds.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Takes finished voxels: a run along z of the image. Called from several threads, for different runs.</summary>
    /// <param name="sums">Weighted sums [voxel, channel].</param>
    /// <param name="weights">The sum of weights of each voxel, or null when the sums are values of one window and the weight is 1.</param>
    /// <param name="count">Voxels in the run.</param>
    /// <param name="x">Position of the run in the image.</param>
    /// <param name="y">Position of the run in the image.</param>
    /// <param name="z">The first voxel of the run.</param>
    protected abstract unsafe void Finish(float* sums, float* weights, int count, int x, int y, int z);

    private NativeBuffer<float> Rent(long length) =>
        _pool.TryGetValue(length, out var free) && free.TryPop(out var buffer) ? buffer : new NativeBuffer<float>(checked((int)length), clear: false);

    private void Return(long length, NativeBuffer<float> buffer)
    {
        if (!_pool.TryGetValue(length, out var free))
        {
            _pool[length] = free = new Stack<NativeBuffer<float>>();
        }

        free.Push(buffer);
    }

    private void Blend<TSource>(WindowIndex window, WindowCell[] cells, nint values)
        where TSource : IScoreSource
    {
        var rows = _plan.Axes[1];
        var start = rows.Starts[window.Y];
        Parallel.For(0, rows.Roi, Parallelism, row =>
        {
            var y = start + row;
            foreach (var cell in cells)
            {
                if (y >= cell.Y.From && y < cell.Y.To)
                {
                    BlendRows<TSource>(window, cell, y, values);
                }
            }
        });
    }

    private unsafe void BlendRows<TSource>(WindowIndex window, WindowCell cell, int y, nint values)
        where TSource : IScoreSource
    {
        var roi = _plan.Roi;
        var (startX, startY, startZ) = (_plan.Axes[0].Starts[window.X], _plan.Axes[1].Starts[window.Y], _plan.Axes[2].Starts[window.Z]);
        var buffer = _cells[cell.Number];
        var seen = _seen[cell.Number];
        var count = cell.Z.Length;
        using var weightSums = new NativeBuffer<float>(buffer is not null && seen == cell.WindowCount ? count : 0, clear: false);
        using var run = new NativeBuffer<float>(buffer is null && typeof(TSource) != typeof(Float32Source) ? count * _channels : 0, clear: false);
        fixed (float* importance = _importance)
        {
            for (var x = cell.X.From; x < cell.X.To; x++)
            {
                var inWindow = ((((long)(x - startX) * roi.J) + (y - startY)) * roi.K) + (cell.Z.From - startZ);
                var source = values + (nint)(inWindow * _channels * TSource.Size);
                var weight = importance + inWindow;
                var (imageX, imageY, imageZ) = (x - _plan.Axes[0].PadLow, y - _plan.Axes[1].PadLow, cell.Z.From - _plan.Axes[2].PadLow);
                if (buffer is null)
                {
                    if (typeof(TSource) == typeof(Float32Source))
                    {
                        Finish((float*)source, null, count, imageX, imageY, imageZ);
                        continue;
                    }

                    BlendKernels.Copy<TSource>(source, run.Pointer, (long)count * _channels);
                    Finish(run.Pointer, null, count, imageX, imageY, imageZ);
                    continue;
                }

                var sums = buffer.Pointer + (((((long)(x - cell.X.From) * cell.Y.Length) + (y - cell.Y.From)) * count) * _channels);
                if (seen == 1)
                {
                    BlendKernels.Write<TSource>(source, weight, sums, count, _channels);
                }
                else
                {
                    BlendKernels.Add<TSource>(source, weight, sums, count, _channels);
                }

                if (seen == cell.WindowCount)
                {
                    SumWeights(cell, x, y, importance, weightSums.Pointer);
                    Finish(sums, weightSums.Pointer, count, imageX, imageY, imageZ);
                }
            }
        }
    }

    // The weights of a voxel are the same few numbers of the map again and again: adding them up is cheaper than keeping their sum.
    private unsafe void SumWeights(WindowCell cell, int x, int y, float* importance, float* result)
    {
        var roi = _plan.Roi;
        new Span<float>(result, cell.Z.Length).Clear();
        for (var i = cell.X.FirstWindow; i <= cell.X.LastWindow; i++)
        {
            for (var j = cell.Y.FirstWindow; j <= cell.Y.LastWindow; j++)
            {
                var plane = ((((long)(x - _plan.Axes[0].Starts[i])) * roi.J) + (y - _plan.Axes[1].Starts[j])) * roi.K;
                for (var k = cell.Z.FirstWindow; k <= cell.Z.LastWindow; k++)
                {
                    var weights = importance + plane + (cell.Z.From - _plan.Axes[2].Starts[k]);
                    for (var voxel = 0; voxel < cell.Z.Length; voxel++)
                    {
                        result[voxel] += weights[voxel];
                    }
                }
            }
        }
    }
}
