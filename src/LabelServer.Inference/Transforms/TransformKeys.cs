namespace LabelServer.Inference.Transforms;

/// <summary>Which items of a sample a transform changes.</summary>
/// <param name="Names">MONAI's <c>keys</c>; null for the array form, which means every item.</param>
/// <param name="AllowMissing">Whether an absent item is passed over.</param>
public sealed record TransformKeys(IReadOnlyList<string>? Names, bool AllowMissing = false)
{
    /// <summary>Every item of the sample.</summary>
    public static TransformKeys All { get; } = new((IReadOnlyList<string>?)null);

    /// <summary>Just these items, all of which must be there.</summary>
    public static TransformKeys Of(params string[] names) => new(names);

    /// <summary>True when the item of that name is changed.</summary>
    public bool Contains(string name) => Names is null || Names.Contains(name);

    /// <summary>The items that are meant, each with its position in <see cref="Names"/> (0 for the array form).</summary>
    /// <exception cref="TransformException">An item is missing and must not be.</exception>
    public IReadOnlyList<(SampleItem Item, int Index)> In(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (Names is null)
        {
            return [.. sample.Items.Select(i => (i, 0))];
        }

        var found = new List<(SampleItem, int)>(Names.Count);
        for (var index = 0; index < Names.Count; index++)
        {
            if (sample.TryGet(Names[index], out var item))
            {
                found.Add((item, index));
            }
            else if (!AllowMissing)
            {
                found.Add((sample[Names[index]], index));
            }
        }

        return found;
    }
}
