using System.Numerics;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Scoring;

/// <summary>The sum of a label's voxel values, and how many planes of its first axis hold a positive one (monailabel/tasks/scoring/sum.py).</summary>
internal readonly record struct LabelSum(long Sum, int Slices)
{
    /// <summary>Counts.</summary>
    public static LabelSum Of(Volume labels) => labels.Accept<Visitor, LabelSum>(default);

    private readonly struct Visitor : IVolumeVisitor<LabelSum>
    {
        public LabelSum Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            double sum = 0;
            var width = volume.Size.I;
            var filled = new bool[width];
            var samples = volume.Samples;
            for (var at = 0; at < samples.Length; at++)
            {
                if (samples[at] != T.Zero)
                {
                    sum += double.CreateSaturating(samples[at]);
                    filled[at % width] |= samples[at] > T.Zero;
                }
            }

            return new((long)sum, filled.Count(f => f));
        }
    }
}
