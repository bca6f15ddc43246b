namespace LabelServer.Imaging.Phantoms;

/// <summary>A small random generator whose numbers are the same on every machine and in every version of .NET. Source: Steele, Lea, Flood 2014, "SplitMix64".</summary>
internal sealed class PhantomRandom(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>A number in [0, 1) that belongs to a key: for noise that does not depend on the order in which voxels are made.</summary>
    public static double At(ulong key) => (Mix(key + Step) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A scrambled key, for use in a sum with another one.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [from, to).</summary>
    public double Between(double from, double to)
    {
        var value = At(_state);
        _state += Step;
        return from + ((to - from) * value);
    }

    /// <summary>A number around <paramref name="centre"/>, at most <paramref name="spread"/> away.</summary>
    public double Around(double centre, double spread) => Between(centre - spread, centre + spread);

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => Between(0, 1) < probability;

    /// <summary>One of the items.</summary>
    public T Pick<T>(params ReadOnlySpan<T> items) => items[(int)Between(0, items.Length)];
}
