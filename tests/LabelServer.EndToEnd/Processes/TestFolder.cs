namespace LabelServer.EndToEnd.Processes;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "studies"));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("labelserver-e2e-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
