using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>The windows that a volume is cut into for attention: their size, their shift, and which tokens of a shifted window belong together.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py (get_window_size, window_partition, window_reverse, compute_mask); Liu et al. 2021, arXiv:2103.14030, figure 4.</remarks>
internal sealed class WindowGrid
{
    private readonly long[] _size;
    private readonly long[] _window;
    private readonly long[] _shift;
    private readonly long[] _padded;

    /// <summary>Lays windows over a volume. Along an axis that is no longer than the window, the window is the whole axis, and nothing is shifted.</summary>
    /// <param name="size">Tokens along each axis; two or three.</param>
    /// <param name="window">The window's size along each axis.</param>
    public WindowGrid(long[] size, IReadOnlyList<int> window)
    {
        _size = size;
        _window = [.. size.Select((n, axis) => Math.Min(n, window[axis]))];
        _shift = [.. size.Select((n, axis) => n <= window[axis] ? 0L : window[axis] / 2)];
        _padded = [.. size.Zip(_window, (n, w) => (n + w - 1) / w * w)];
    }

    /// <summary>Whether shifted windows differ from the others.</summary>
    public bool IsShifted => _shift.Any(s => s > 0);

    private int Axes => _size.Length;

    private long[] Dims => [.. Enumerable.Range(1, Axes).Select(a => (long)a)];

    /// <summary>Cuts [N, X, Y(, Z), C], padded with zeros at the end, into windows [N · windows, tokens, C].</summary>
    public Tensor Cut(Tensor tokens, bool shifted)
    {
        using var scope = NewDisposeScope();
        var missing = _padded.Zip(_size, (p, n) => p - n).Reverse().SelectMany(m => new[] { 0, m });
        var x = IsPadded ? nn.functional.pad(tokens, (long[])[0, 0, .. missing]) : tokens;
        x = shifted && IsShifted ? x.roll(_shift.Select(s => -s).ToArray(), Dims) : x;
        return Partition(x).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the windows of <see cref="Cut"/> back together to [N, X, Y(, Z), C].</summary>
    public Tensor Join(Tensor windows, bool shifted)
    {
        using var scope = NewDisposeScope();
        long[] counts = [.. _padded.Zip(_window, (n, w) => n / w)];
        long[] order = [0, .. Dims.SelectMany(a => new[] { a, a + Axes }), (2 * Axes) + 1];
        var x = windows.reshape([-1, .. counts, .. _window, windows.shape[^1]]).permute(order).reshape([-1, .. _padded, windows.shape[^1]]);
        x = shifted && IsShifted ? x.roll(_shift, Dims) : x;
        for (var axis = 0; axis < Axes && IsPadded; axis++)
        {
            x = x.narrow(axis + 1, 0, _size[axis]);
        }

        return x.contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The region of each token of each shifted window, [windows, tokens]: a token heeds only those of its own region, for the others came around from the other end.</summary>
    public Tensor Regions(Device device)
    {
        using var scope = NewDisposeScope();
        var regions = zeros([1, .. _padded, 1], ScalarType.Int64, device);
        for (var axis = 0; axis < Axes; axis++)
        {
            long[] shape = [.. Enumerable.Range(0, Axes + 2).Select(a => a == axis + 1 ? _padded[axis] : 1)];
            regions = (regions * 3) + tensor(RegionsOf(axis), device: device).reshape(shape);
        }

        return Partition(regions).squeeze(-1).MoveToOuterDisposeScope();
    }

    private bool IsPadded => !_padded.SequenceEqual(_size);

    // Before the last window, its part before the shift, and the part that came around.
    private long[] RegionsOf(int axis)
    {
        var (length, window, shift) = (_padded[axis], _window[axis], _shift[axis]);
        return [.. Enumerable.Range(0, (int)length).Select(i => shift == 0 || i >= length - shift ? 2L : i < length - window ? 0L : 1L)];
    }

    private Tensor Partition(Tensor x)
    {
        var channels = x.shape[^1];
        long[] shape = [x.shape[0], .. _padded.Zip(_window, (n, w) => new[] { n / w, w }).SelectMany(pair => pair), channels];
        long[] order = [0, .. Dims.Select(a => (2 * a) - 1), .. Dims.Select(a => 2 * a), (2 * Axes) + 1];
        return x.reshape(shape).permute(order).reshape(-1, _window.Aggregate(1L, (product, w) => product * w), channels);
    }
}
