using System.Numerics;

namespace LabelServer.Imaging.Comparison;

/// <summary>Which structure each voxel value stands for. Structures are numbered from 0; values that stand for none are background.</summary>
/// <remarks>Two maps may use other values for the same structure; each has a table of its own.</remarks>
public sealed class StructureTable
{
    /// <summary>The number that means no structure.</summary>
    public const int None = -1;

    private readonly int[] _byValue;

    /// <summary>Creates a table.</summary>
    /// <param name="structures">Voxel value, 1 to 65535, to the structure's number.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public StructureTable(IReadOnlyDictionary<int, int> structures)
    {
        ArgumentNullException.ThrowIfNull(structures);
        if (structures.Keys.Any(v => v is < 1 or > ushort.MaxValue))
        {
            throw new ArgumentException("A label value is not from 1 to 65535.", nameof(structures));
        }

        _byValue = new int[structures.Count == 0 ? 1 : structures.Keys.Max() + 1];
        Array.Fill(_byValue, None);
        foreach (var (value, structure) in structures)
        {
            _byValue[value] = structure;
        }
    }

    /// <summary>The structure of a sample.</summary>
    public int Of<T>(T sample)
        where T : unmanaged, INumber<T>
    {
        var value = int.CreateSaturating(sample);
        return (uint)value < (uint)_byValue.Length ? _byValue[value] : None;
    }
}
