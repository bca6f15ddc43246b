using System.Diagnostics;
using LabelServer.Workers;

namespace LabelServer.Tests.Workers;

public sealed class WorkerEnvironmentTests
{
    private const string Tunables = "GLIBC_TUNABLES";

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Apply_OneArena_IsForInferenceAlone(bool trains, bool isThere)
    {
        var info = new ProcessStartInfo("worker");
        info.Environment.Remove(Tunables);
        WorkerEnvironment.Apply(info, new WorkerOptions { Trains = trains });
        Assert.Equal(isThere, info.Environment[Tunables]!.Contains("arena_max=1", StringComparison.Ordinal));
    }

    [Fact]
    public void Apply_TunablesOfTheUser_ComeLast()
    {
        var info = new ProcessStartInfo("worker");
        info.Environment[Tunables] = "glibc.malloc.arena_max=3";
        WorkerEnvironment.Apply(info, new WorkerOptions());
        Assert.EndsWith(":glibc.malloc.arena_max=3", info.Environment[Tunables]!, StringComparison.Ordinal);
    }
}
