using LabelServer.Hosting;

namespace LabelServer.Tests.Hosting;

public sealed class WorkerSettingsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("on", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void From_ResultCache_FollowsTheSetting(string? value, bool expected)
    {
        Assert.Equal(expected, WorkerSettings.From(Options(value)).ResultCache);
    }

    [Fact]
    public void From_ResultCacheThatIsNoTruthValue_IsAFault()
    {
        var fault = Assert.Throws<ServerOptionsException>(() => WorkerSettings.From(Options("sometimes")));

        Assert.Contains("--conf result_cache sometimes", fault.Message, StringComparison.Ordinal);
    }

    private static ServerOptions Options(string? resultCache) => new()
    {
        AppFolder = "/app",
        StudiesFolder = "/studies",
        Conf = resultCache is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["result_cache"] = resultCache },
    };
}
