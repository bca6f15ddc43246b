namespace LabelServer.Learning.Losses.Fused;

/// <summary>Which of the network's classes count as one for a sample: those that its label does not list are merged with the background (see <see cref="MarginalLoss"/>).</summary>
internal sealed class ClassMerge
{
    private ClassMerge(int[] merged, int[]? unlisted)
    {
        Merged = merged;
        Unlisted = unlisted;
    }

    /// <summary>For each class the one that it counts as: itself or 0.</summary>
    public int[] Merged { get; }

    /// <summary>Background and all classes that count as background; null when no class but the background does.</summary>
    public int[]? Unlisted { get; }

    /// <summary>The number of classes that are left, background included.</summary>
    public int Kept => Unlisted is null ? Merged.Length : Merged.Length - Unlisted.Length + 1;

    /// <summary>Whether a class counts for itself.</summary>
    public bool IsKept(int channel) => Merged[channel] == channel;

    /// <summary>From the classes that were annotated.</summary>
    /// <param name="listed">For each class whether it was annotated; null for all. Class 0 is ignored.</param>
    /// <param name="classes">The network's classes.</param>
    /// <exception cref="LossException">The number of classes is another, or none was annotated.</exception>
    public static ClassMerge For(bool[]? listed, int classes)
    {
        if (listed is not null && listed.Length != classes)
        {
            throw new LossException($"MarginalLoss: {listed.Length} classes are marked as listed or not, the network has {classes}.");
        }

        int[] merged = [.. Enumerable.Range(0, classes).Select(c => listed is null || listed[c] ? c : 0)];
        int[] unlisted = [.. Enumerable.Range(0, classes).Where(c => merged[c] == 0)];
        return unlisted.Length == classes
            ? throw new LossException("MarginalLoss: a label lists no class of the network; leave the image out.")
            : new(merged, unlisted.Length > 1 ? unlisted : null);
    }
}
