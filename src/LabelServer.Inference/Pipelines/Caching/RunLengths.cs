using System.Numerics;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Pipelines.Caching;

/// <summary>A label map as runs of equal voxels: a hundred million voxels take a few megabytes, and are written out again at the speed of memory.</summary>
internal abstract class RunLengths
{
    private RunLengths(VolumeGrid grid, int channels) => (Grid, Channels) = (grid, channels);

    /// <summary>Bytes of memory that the runs take.</summary>
    public abstract long Bytes { get; }

    private protected VolumeGrid Grid { get; }

    private protected int Channels { get; }

    /// <summary>The runs of a label map, or null when its number type is none of labels or there are so many runs that nothing is gained.</summary>
    public static RunLengths? Of(Volume labels) => labels switch
    {
        Volume<byte> volume => Runs<byte>.Of(volume),
        Volume<ushort> volume => Runs<ushort>.Of(volume),
        _ => null,
    };

    /// <summary>The label map; the caller disposes it.</summary>
    public abstract Volume ToVolume();

    private sealed class Runs<T> : RunLengths
        where T : unmanaged, IBinaryInteger<T>
    {
        private readonly T[] _values;
        private readonly int[] _ends;

        private Runs(Volume<T> volume, T[] values, int[] ends)
            : base(volume.Grid, volume.Channels) => (_values, _ends) = (values, ends);

        public override long Bytes => ((long)_values.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()) + ((long)_ends.Length * sizeof(int));

        public static Runs<T>? Of(Volume<T> volume)
        {
            ReadOnlySpan<T> samples = volume.Samples;
            var most = samples.Length / 8;
            List<T> values = [];
            List<int> ends = [];
            for (var from = 0; from < samples.Length;)
            {
                if (values.Count >= Math.Max(most, 64))
                {
                    return null;
                }

                // The length of a run is found many voxels at a time.
                var length = samples[from..].IndexOfAnyExcept(samples[from]);
                values.Add(samples[from]);
                from = length < 0 ? samples.Length : from + length;
                ends.Add(from);
            }

            return new(volume, [.. values], [.. ends]);
        }

        public override Volume ToVolume()
        {
            var volume = new Volume<T>(Grid, Channels, clear: false);
            var samples = volume.Samples;
            var from = 0;
            for (var run = 0; run < _ends.Length; run++)
            {
                samples[from.._ends[run]].Fill(_values[run]);
                from = _ends[run];
            }

            return volume;
        }
    }
}
