using LabelServer.Imaging.Comparison;
using LabelServer.Imaging.Formats;

namespace LabelServer.Datastore.Versions;

/// <summary>Compares two labels of one image, structure by structure. One comparison at a time: each holds two label maps in memory.</summary>
/// <remarks>Names that differ only in upper and lower case are one structure: clients keep the spelling of their own colour tables.</remarks>
internal sealed class LabelAgreement : IDisposable
{
    private readonly SemaphoreSlim _place = new(1, 1);

    /// <summary>Compares.</summary>
    /// <param name="first">A label's file, and what its values mean; null when nobody said.</param>
    /// <param name="second">Another label of the same image.</param>
    /// <param name="withDistances">Whether Hausdorff distances are wanted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Structure's name, in the first label's spelling where it has it, to agreement, and the volume of a voxel in mm³; in the order of the first label's values.</returns>
    /// <exception cref="Imaging.ImagingException">A file cannot be read, or the grids differ.</exception>
    public async Task<(OrderedDictionary<string, StructureAgreement> Structures, double VoxelVolume)> CompareAsync(NamedLabel first, NamedLabel second, bool withDistances, CancellationToken cancellationToken)
    {
        await _place.WaitAsync(cancellationToken);
        try
        {
            using var a = await VolumeReader.LoadAsync(first.Content, first.FileName, cancellationToken: cancellationToken);
            using var b = await VolumeReader.LoadAsync(second.Content, second.FileName, cancellationToken: cancellationToken);
            return await Task.Run(() => Compare(a, first.Names, b, second.Names, withDistances, cancellationToken), cancellationToken);
        }
        finally
        {
            _place.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _place.Dispose();

    private static (OrderedDictionary<string, StructureAgreement> Structures, double VoxelVolume) Compare(
        LoadedVolume a, IReadOnlyDictionary<int, string>? firstNames, LoadedVolume b, IReadOnlyDictionary<int, string>? secondNames, bool withDistances, CancellationToken cancellationToken)
    {
        // Without names a value means the same in both files.
        firstNames ??= secondNames ?? Numbered(a, b);
        secondNames ??= firstNames;
        var names = firstNames.OrderBy(n => n.Key).Concat(secondNames.OrderBy(n => n.Key)).Select(n => n.Value).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        StructureTable Table(IReadOnlyDictionary<int, string> values) => new(values.ToDictionary(v => v.Key, v => names.FindIndex(n => n.Equals(v.Value, StringComparison.OrdinalIgnoreCase))));

        // Two cores are left to requests; most of the time goes into reading anyway.
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount - 2) };
        var found = LabelComparison.Of(a.Volume, Table(firstNames), b.Volume, Table(secondNames), names.Count, withDistances, parallel);
        var result = new OrderedDictionary<string, StructureAgreement>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < names.Count; at++)
        {
            result[names[at]] = found[at];
        }

        return (result, Math.Abs(a.Volume.Grid.Affine.Determinant));
    }

    private static Dictionary<int, string> Numbered(LoadedVolume a, LoadedVolume b)
    {
        var values = Checks.VolumeInspector.ValuesOf(a.Volume, "the first label").Union(Checks.VolumeInspector.ValuesOf(b.Volume, "the second label"));
        return values.Where(v => v is > 0 and <= ushort.MaxValue).Order().ToDictionary(v => (int)v, v => v.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>A label's file with the meaning of its values.</summary>
/// <param name="Content">The bytes; not disposed here.</param>
/// <param name="FileName">Its name, whose extension says its format.</param>
/// <param name="Names">Value to name; null when nobody said.</param>
internal sealed record NamedLabel(Stream Content, string FileName, IReadOnlyDictionary<int, string>? Names);
