using System.CommandLine;
using LabelServer.CommandLine;
using LabelServer.Services;

namespace LabelServer.Tests.Services;

public sealed class ServiceTests
{
    private static readonly ServiceDescription Service = new(["/opt/label server/labelserver"], ["start_server", "--app", "apps/x", "--conf", "models", "100% \"a\" $b"], "/srv/studies", "annotators");

    [Fact]
    public void Unit_QuotesWhatSystemdWouldChange()
    {
        var unit = SystemdUnit.Write(Service);
        Assert.Contains("ExecStart=\"/opt/label server/labelserver\" \"start_server\" \"--app\" \"apps/x\" \"--conf\" \"models\" \"100%% \\\"a\\\" $$b\"\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nUser=annotators\nRestart=on-failure\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nType=notify\n", unit, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', unit);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two words", "\"two words\"")]
    [InlineData(@"C:\with space\", "\"C:\\with space\\\\\"")]
    [InlineData("a\\\"b", "\"a\\\\\\\"b\"")]
    public void WindowsWords_AreQuotedAsProgramsReadThem(string word, string quoted) => Assert.Equal(quoted, WindowsServiceCommands.Quote(word));

    [Fact]
    public void WindowsCalls_CreateWithAutomaticStart()
    {
        var create = WindowsServiceCommands.Install(Service)[0];
        Assert.Equal(["create", "labelserver", "binPath="], create.Take(3));
        Assert.Contains("--directory /srv/studies", create[3], StringComparison.Ordinal);
        Assert.Equal(["start=", "auto"], create.Skip(4).Take(2));
    }

    [Fact]
    public async Task Print_ShowsWhatWouldBeInstalled()
    {
        var output = new StringWriter();
        var code = await RootCommandFactory.Create().Parse(["service", "install", "--print", "--", "start_server", "--studies", "s"])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, TestContext.Current.CancellationToken);
        Assert.Equal(0, code);
        Assert.Contains("start_server", output.ToString(), StringComparison.Ordinal);
    }
}
