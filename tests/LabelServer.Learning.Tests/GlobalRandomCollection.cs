namespace LabelServer.Learning.Tests;

/// <summary>Tests that need libtorch's default random numbers for themselves: every other test that draws from them would change what they see.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GlobalRandomCollection
{
    public const string Name = "libtorch's default generator";
}
