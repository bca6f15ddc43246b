using System.Numerics;
using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Imaging.Morphology;

/// <summary>Connected components of a volume, held as runs along i instead of a label for each voxel: a component map of a whole scan costs a few megabytes.</summary>
/// <remarks>Two neighbours belong together when they are of the same class (0 is background). Which voxels are neighbours follows SciPy's <c>generate_binary_structure</c>: those that
/// differ by at most one along at most <c>connectivity</c> axes. Runs are joined by union-find over the lines that lie before each line.</remarks>
internal sealed class ConnectedRuns
{
    private readonly List<Run> _runs = [];
    private readonly int[] _lineStart;
    private readonly List<int> _parent = [];

    private ConnectedRuns(int lines) => _lineStart = new int[lines + 1];

    /// <summary>A stretch of one line: voxels from Start to before End, all of one class.</summary>
    public readonly record struct Run(int Line, int Start, int End, int Class);

    /// <summary>All runs, line by line.</summary>
    public ReadOnlySpan<Run> Runs => CollectionsMarshal.AsSpan(_runs);

    /// <summary>Finds the components.</summary>
    /// <param name="samples">One or more channels, i fastest.</param>
    /// <param name="size">The size of a channel.</param>
    /// <param name="connectivity">1 to 3; with linked channels up to 4.</param>
    /// <param name="classOf">The class of a value; 0 is background.</param>
    /// <param name="cancellation">Stops between lines.</param>
    public static ConnectedRuns Find<T>(ReadOnlySpan<T> samples, GridSize size, int connectivity, Func<T, int> classOf, CancellationToken cancellation)
        where T : unmanaged, INumber<T>
    {
        if (samples.IsEmpty)
        {
            return new ConnectedRuns(0);
        }

        var lines = samples.Length / size.I;
        var result = new ConnectedRuns(lines);
        var before = LinesBefore(connectivity);
        for (var line = 0; line < lines; line++)
        {
            cancellation.ThrowIfCancellationRequested();
            result._lineStart[line] = result._runs.Count;
            result.AddLine(samples.Slice(line * size.I, size.I), line, classOf);
            result._lineStart[line + 1] = result._runs.Count;
            var (plane, j) = Math.DivRem(line, size.J);
            var (channel, k) = Math.DivRem(plane, size.K);
            foreach (var (dj, dk, dc, reach) in before)
            {
                if (j + dj >= 0 && j + dj < size.J && k + dk >= 0 && k + dk < size.K && channel + dc >= 0)
                {
                    result.Join(line, line + dj + (size.J * (dk + (size.K * dc))), reach);
                }
            }
        }

        return result;
    }

    /// <summary>The component of a run: the index of its first run.</summary>
    public int ComponentOf(int run)
    {
        while (_parent[run] != run)
        {
            _parent[run] = _parent[_parent[run]];
            run = _parent[run];
        }

        return run;
    }

    // Which lines before a line can hold neighbours, and whether they may also be shifted by one along i.
    private static List<(int J, int K, int C, int Reach)> LinesBefore(int connectivity)
    {
        var lines = new List<(int, int, int, int)>();
        for (var c = -1; c <= 0; c++)
        {
            for (var k = -1; k <= 1; k++)
            {
                for (var j = -1; j <= 1; j++)
                {
                    var hops = Math.Abs(j) + Math.Abs(k) + Math.Abs(c);
                    var isBefore = c < 0 || (c == 0 && (k < 0 || (k == 0 && j < 0)));
                    if (isBefore && hops <= connectivity)
                    {
                        lines.Add((j, k, c, hops < connectivity ? 1 : 0));
                    }
                }
            }
        }

        return lines;
    }

    private void AddLine<T>(ReadOnlySpan<T> values, int line, Func<T, int> classOf)
        where T : unmanaged, INumber<T>
    {
        var start = 0;
        var current = classOf(values[0]);
        for (var n = 1; n <= values.Length; n++)
        {
            if (n < values.Length && values[n] == values[n - 1])
            {
                continue;
            }

            var next = n < values.Length ? classOf(values[n]) : -1;
            if (next == current)
            {
                continue;
            }

            if (current != 0)
            {
                _parent.Add(_runs.Count);
                _runs.Add(new Run(line, start, n, current));
            }

            (start, current) = (n, next);
        }
    }

    private void Join(int line, int other, int reach)
    {
        var runs = Runs;
        int a = _lineStart[line], b = _lineStart[other];
        int endA = _lineStart[line + 1], endB = _lineStart[other + 1];
        while (a < endA && b < endB)
        {
            JoinIfTouching(a, b, reach);
            if (runs[a].End < runs[b].End)
            {
                a++;
            }
            else if (runs[a].End > runs[b].End)
            {
                b++;
            }
            else
            {
                // Both end here: what follows in one line may still touch the end of the other at a corner.
                if (a + 1 < endA)
                {
                    JoinIfTouching(a + 1, b, reach);
                }

                if (b + 1 < endB)
                {
                    JoinIfTouching(a, b + 1, reach);
                }

                a++;
                b++;
            }
        }
    }

    private void JoinIfTouching(int a, int b, int reach)
    {
        var (first, second) = (_runs[a], _runs[b]);
        if (first.Class == second.Class && first.Start < second.End + reach && second.Start < first.End + reach)
        {
            Union(a, b);
        }
    }

    private void Union(int a, int b)
    {
        (a, b) = (ComponentOf(a), ComponentOf(b));
        if (a != b)
        {
            _parent[Math.Max(a, b)] = Math.Min(a, b);
        }
    }
}
