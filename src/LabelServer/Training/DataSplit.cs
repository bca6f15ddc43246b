namespace LabelServer.Training;

/// <summary>Divides images between training and validation, as MONAI Label does (protocol 8.2): in order, without shuffling.</summary>
/// <remarks>Source: MONAI monai/data/utils.py, partition_dataset with ratios (1 - v, v) and shuffle off. Of n items the first int((1 - v) n + 0.5) are trained on, the following int(v n + 0.5) validated on.</remarks>
internal static class DataSplit
{
    /// <summary>Divides a list.</summary>
    /// <param name="items">The items in order.</param>
    /// <param name="part">The part that is validated on, below 1; 0 or less: none.</param>
    public static (IReadOnlyList<T> Training, IReadOnlyList<T> Validation) Divide<T>(IReadOnlyList<T> items, double part)
    {
        if (part <= 0)
            return (items, []);
        var training = (int)(((1 - part) * items.Count) + 0.5);
        var validation = (int)((part * items.Count) + 0.5);
        return ([.. items.Take(training)], [.. items.Skip(training).Take(validation)]);
    }
}
