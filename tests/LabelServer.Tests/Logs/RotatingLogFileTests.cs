using LabelServer.Logs;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Logs;

public sealed class RotatingLogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => Path.Combine(_folder.Path, "logs", "app.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_BeyondTheLimit_KeepsTenOldFilesAndNoMore()
    {
        using (var log = new RotatingLogFile(LogPath, sizeLimit: 20))
        {
            for (var i = 0; i < 15; i++)
                log.Write($"line number {i:D3}");
        }

        Assert.Equal("line number 014\n", File.ReadAllText(LogPath));
        Assert.Equal("line number 013\n", File.ReadAllText(LogPath + ".1"));
        Assert.Equal("line number 004\n", File.ReadAllText(LogPath + ".10"));
        Assert.Equal(11, Directory.GetFiles(Path.GetDirectoryName(LogPath)!).Length);
    }

    [Fact]
    public void Write_AfterReopening_Appends()
    {
        using (var log = new RotatingLogFile(LogPath))
            log.Write("one");
        using (var log = new RotatingLogFile(LogPath))
            log.Write("two");
        Assert.Equal("one\ntwo\n", File.ReadAllText(LogPath));
    }

    [Theory]
    [InlineData(1, "c")]
    [InlineData(2, "b\nc")]
    [InlineData(9, "a\nb\nc")]
    public async Task Tail_OfAShortFile_IsTheLastLines(int lines, string expected)
    {
        using (var log = new RotatingLogFile(LogPath))
        {
            foreach (var line in new[] { "a", "b", "c" })
                log.Write(line);
        }

        Assert.Equal(expected, (await LogTail.ReadAsync(LogPath, lines, TestContext.Current.CancellationToken)).TrimEnd('\n'));
    }

    [Fact]
    public async Task Tail_OfALargeFile_IsBoundedAndStartsAtALine()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LogPath)!);
        await File.WriteAllLinesAsync(LogPath, Enumerable.Range(0, 1_000_000).Select(i => $"line {i:D7}"), TestContext.Current.CancellationToken);
        var tail = await LogTail.ReadAsync(LogPath, long.MaxValue, TestContext.Current.CancellationToken);
        Assert.InRange(tail.Length, 1_000_000, LogTail.ByteLimit);
        Assert.StartsWith("line ", tail, StringComparison.Ordinal);
        Assert.EndsWith("line 0999999\n", tail, StringComparison.Ordinal);
    }
}
