using LabelServer.Datastore.Disk;

namespace LabelServer.Tests.Doubles;

/// <summary>A disk on which the process "dies" at a chosen step: that step and all later ones do not happen. Steps that append write half of their bytes first.</summary>
internal sealed class StoppingDisk(int stopAt) : IStoreDisk
{
    private readonly LocalDisk _disk = new();
    private bool _armed;

    /// <summary>How many steps were asked for since <see cref="Arm"/>.</summary>
    public int Steps { get; private set; }

    /// <summary>The names of the steps since <see cref="Arm"/>.</summary>
    public List<string> Names { get; } = [];

    /// <summary>What the failing step throws; null for the death of the process.</summary>
    public Func<Exception>? Failure { get; init; }

    public void Arm() => _armed = true;

    public void Disarm() => _armed = false;

    public void FlushFile(string path) => Do("flush file", () => _disk.FlushFile(path));

    public void FlushFolder(string path) => Do("flush folder", () => _disk.FlushFolder(path));

    public void Move(string from, string to) => Do("move", () => _disk.Move(from, to));

    public void Link(string existing, string added) => Do("link", () => _disk.Link(existing, added));

    public void Delete(string path) => Do("delete", () => _disk.Delete(path));

    public void CreateFolder(string path) => Do("create folder", () => _disk.CreateFolder(path));

    public void Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        Do("append", () => _disk.Append(file, copy), () => _disk.Append(file, copy.AsSpan(0, copy.Length / 2)));
    }

    public void FlushAppended(FileStream file) => Do("flush appended", () => _disk.FlushAppended(file));

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        Do("write", () => _disk.Write(path, copy), () => _disk.Write(path, copy.AsSpan(0, copy.Length / 2)));
    }

    private void Do(string name, Action step, Action? half = null)
    {
        if (!_armed)
        {
            step();
            return;
        }

        var number = Steps++;
        Names.Add(name);
        if (Failure is not null && number == stopAt)
        {
            half?.Invoke();
            throw Failure();
        }

        if (Failure is null && number >= stopAt)
        {
            if (number == stopAt)
                half?.Invoke();
            throw new ProcessDeath();
        }

        step();
    }

    /// <summary>Not an input or output error, so that nothing of the program handles it.</summary>
    internal sealed class ProcessDeath : Exception;
}
