using System.CommandLine;
using LabelServer.Auth;
using LabelServer.Auth.Keys;
using LabelServer.CommandLine;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.CommandLine;

public sealed class KeysCommandTests
{
    [Fact]
    public async Task AddListRevoke_LeadAKeyThroughItsLife()
    {
        using var folder = new TemporaryFolder();
        var (code, added) = await RunAsync("keys", "add", "Ada", "--role", "admin", "--studies", folder.Path);
        Assert.Equal(0, code);
        var key = added.Split('\n')[0].Trim();
        var file = TestKeys.FileOf(folder.Path);
        Assert.Equal([Role.User, Role.Annotator, Role.Reviewer, Role.Admin], KeyFile.Read(file).Single().Roles);
        var (_, list) = await RunAsync("keys", "list", "--studies", folder.Path);
        Assert.Contains(key[..12], list, StringComparison.Ordinal);
        Assert.DoesNotContain(key[13..], list, StringComparison.Ordinal);
        Assert.Contains("Ada  user,annotator,reviewer,admin", list, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("keys", "revoke", key[..12], "--studies", folder.Path)).Code);
        Assert.NotNull(KeyFile.Read(file).Single().Revoked);
        var audit = await File.ReadAllTextAsync(Path.Combine(folder.Path, ".labelserver", "audit", "keys", "audit.jsonl"), TestContext.Current.CancellationToken);
        Assert.All(["key.add", "key.revoke", "Ada"], word => Assert.Contains(word, audit, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("keys", "add", "Ada", "--role", "king")]
    [InlineData("keys", "add", "Ada", "--days", "0")]
    [InlineData("keys", "add", " ")]
    [InlineData("keys", "revoke", "nosuch00")]
    public async Task WrongWords_EndWithAMessage(params string[] words)
    {
        using var folder = new TemporaryFolder();
        var (code, output) = await RunAsync([.. words, "--studies", folder.Path]);
        Assert.Equal(1, code);
        Assert.NotEmpty(output);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        var output = new StringWriter();
        var code = await RootCommandFactory.Create().Parse(words).InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}
