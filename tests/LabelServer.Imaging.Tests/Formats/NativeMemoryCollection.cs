namespace LabelServer.Imaging.Tests.Formats;

/// <summary>Tests that look at the process's native memory; they run alone, since other tests' volumes would count too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NativeMemoryCollection
{
    public const string Name = "native memory";
}
