namespace LabelServer.Models;

/// <summary>The compute devices of the workers, as the clients see them. Starts as the CPU alone and is filled once a worker has answered.</summary>
public sealed class DeviceDirectory
{
    private volatile IReadOnlyList<string> _names = ["cpu"];

    /// <summary>Names for people, the default first; never empty. <c>cpu</c> when there is no GPU.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Sets what a worker reported.</summary>
    /// <exception cref="ArgumentException">The list is empty.</exception>
    public void Set(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
            throw new ArgumentException("A worker has at least one device.", nameof(names));
        _names = [.. names];
    }
}
