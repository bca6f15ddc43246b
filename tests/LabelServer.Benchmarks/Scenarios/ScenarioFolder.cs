namespace LabelServer.Benchmarks.Scenarios;

/// <summary>A folder that goes away with the scenario. On the disk of the program, since the system's temporary folder may be memory, where a flush costs nothing.</summary>
internal sealed class ScenarioFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    public ScenarioFolder() => Directory.CreateDirectory(System.IO.Path.Combine(Path, "studies"));

    /// <summary>Its full path.</summary>
    public string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, $"scenario-{Guid.NewGuid():N}");

    /// <summary>The studies.</summary>
    public string Studies => System.IO.Path.Combine(Path, "studies");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
