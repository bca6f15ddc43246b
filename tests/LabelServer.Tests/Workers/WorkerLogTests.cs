using LabelServer.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Workers;

public sealed class WorkerLogTests
{
    [Theory]
    [InlineData("<6>LabelServer.Worker[1] ready", LogLevel.Information, "LabelServer.Worker[1] ready")]
    [InlineData("<3>LabelServer.Worker[2] failed", LogLevel.Error, "LabelServer.Worker[2] failed")]
    [InlineData("<2>x", LogLevel.Critical, "x")]
    [InlineData("terminate called after throwing", LogLevel.Warning, "terminate called after throwing")]
    [InlineData("<x>odd", LogLevel.Warning, "<x>odd")]
    public void Parse_Line_TakesTheLevelFromThePrefix(string line, LogLevel level, string text)
    {
        Assert.Equal((level, text), WorkerLog.Parse(line));
    }

    [Fact]
    public void Parse_EndlessLine_IsCut()
    {
        Assert.Equal(2000, WorkerLog.Parse(new string('a', 100_000)).Text.Length);
    }

    [Fact]
    public void LastLines_ManyLines_KeepsTheNewest()
    {
        var log = new WorkerLog(NullLogger<WorkerLog>.Instance);
        for (var i = 0; i < 100; i++)
            log.Write(1, $"line {i}");

        Assert.Equal(40, log.LastLines.Count);
        Assert.Equal("line 99", log.LastLines[^1]);
    }
}
