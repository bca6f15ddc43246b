namespace LabelServer.Learning.Training;

/// <summary>Makes independent random sources of one seed, so that what is drawn for a sample depends on the seed, the epoch and the sample alone and not on threads or restarts.</summary>
/// <remarks>The mixing function is SplitMix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".</remarks>
internal static class RandomSeeds
{
    /// <summary>A source for a place.</summary>
    public static Random For(long seed, long epoch, long place) => new(Mix(seed, epoch, place));

    /// <summary>A seed for a place.</summary>
    public static int Mix(long seed, long epoch, long place)
    {
        var state = unchecked((ulong)seed);
        state = Scramble(state + unchecked((ulong)epoch));
        state = Scramble(state + unchecked((ulong)place));
        return (int)(state >> 33);
    }

    private static ulong Scramble(ulong value)
    {
        value = unchecked(value + 0x9E3779B97F4A7C15);
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
