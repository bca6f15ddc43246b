namespace LabelServer.Inference.Tests;

/// <summary>Tests that read the process-wide count of native memory; they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NativeMemoryCollection
{
    public const string Name = "Native memory";
}
