namespace LabelServer.Inference.Transforms;

/// <summary>An argument that may differ from key to key: one value for all, or one for each of the transform's <c>keys</c>.</summary>
public sealed class PerKey<T>
{
    private readonly T[] _values;

    /// <summary>The same value for every key.</summary>
    public PerKey(T value) => _values = [value];

    /// <summary>One value for each key.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public PerKey(IEnumerable<T> values)
    {
        _values = [.. values];
        if (_values.Length == 0)
        {
            throw new ArgumentException("At least one value is needed.", nameof(values));
        }
    }

    /// <summary>The value for the key at <paramref name="index"/> in <c>keys</c>.</summary>
    public T this[int index] => _values.Length == 1 ? _values[0] : _values[index];
}
