using LabelServer.Datastore.Disk;

namespace LabelServer.Tests.Doubles;

/// <summary>A real disk on which flushes of the journal wait until the test lets them go.</summary>
internal sealed class GatedDisk : IStoreDisk, IDisposable
{
    private readonly LocalDisk _disk = new();
    private readonly ManualResetEventSlim _gate = new(initialState: true);

    /// <summary>Released once for each line that was appended.</summary>
    public SemaphoreSlim Appended { get; } = new(0);

    /// <summary>Lets flushes of the journal wait, or go on.</summary>
    public bool Holds
    {
        get => !_gate.IsSet;
        set
        {
            if (value)
                _gate.Reset();
            else
                _gate.Set();
        }
    }

    public void FlushFile(string path) => _disk.FlushFile(path);

    public void FlushFolder(string path) => _disk.FlushFolder(path);

    public void Move(string from, string to) => _disk.Move(from, to);

    public void Link(string existing, string added) => _disk.Link(existing, added);

    public void Delete(string path) => _disk.Delete(path);

    public void CreateFolder(string path) => _disk.CreateFolder(path);

    public void Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        _disk.Append(file, bytes);
        Appended.Release();
    }

    public void FlushAppended(FileStream file)
    {
        _gate.Wait();
        _disk.FlushAppended(file);
    }

    public void Write(string path, ReadOnlySpan<byte> bytes) => _disk.Write(path, bytes);

    public void Dispose()
    {
        _gate.Dispose();
        Appended.Dispose();
    }
}
