using System.Text.Json.Nodes;
using LabelServer.Testing;

namespace LabelServer.Tests.Protocol;

/// <summary>Every recorded case of the original is replayed: same status, same shape, same meaning, but for the differences that <c>docs/protocol-differences.md</c> gives reasons for.</summary>
public sealed class ProtocolReplayTests
{
    public static TheoryData<string> Cases => GoldenCase.Names(RecordedCase.Area);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case_IsAnsweredAsTheOriginalDoes(string name)
    {
        var recorded = RecordedCase.Require(name);
        await using var server = await ReplayServer.StartAsync(recorded);
        var replay = new Replay(recorded, server);
        await replay.RunAsync();
        Assert.True(replay.Failures.Count == 0, string.Join("\n\n", replay.Failures));
        Assert.SkipWhen(replay.NotYet.Count > 0, $"Not built yet: {string.Join(", ", replay.NotYet)}");
    }

    [Fact]
    public async Task ApiReference_HasEveryPathAndMethodOfTheOriginal()
    {
        var golden = GoldenCase.Require(RecordedCase.Area, "openapi_list");
        Assert.SkipUnless(File.Exists(golden.JsonPath), "No recorded list of paths.");
        await using var server = await ReplayServer.StartAsync(new RecordedCase("openapi_list", []));
        using var client = new HttpClient { BaseAddress = server.Address };
        var paths = JsonNode.Parse(await client.GetStringAsync("/openapi.json", TestContext.Current.CancellationToken))!["paths"]!.AsObject();
        foreach (var (path, methods) in JsonNode.Parse(await File.ReadAllBytesAsync(golden.JsonPath, TestContext.Current.CancellationToken))!["paths"]!.AsObject())
        {
            var there = paths.FirstOrDefault(p => p.Key.TrimEnd('/') == path.TrimEnd('/')).Value?.AsObject();
            Assert.True(there is not null, $"{path} is not described");
            Assert.All(methods!.AsArray(), m => Assert.True(there.ContainsKey(m!.GetValue<string>()), $"{m} {path} is not described"));
        }
    }

    [Fact]
    public void EveryIntendedDifference_HasItsRowInThePage()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolders.Repository, "docs", "protocol-differences.md"));
        Assert.All(IntendedDifferences.All, d => Assert.Contains(d.Row, page, StringComparison.OrdinalIgnoreCase));
    }
}
