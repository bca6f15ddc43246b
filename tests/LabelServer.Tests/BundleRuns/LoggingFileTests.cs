using LabelServer.BundleRuns;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging;

namespace LabelServer.Tests.BundleRuns;

public sealed class LoggingFileTests
{
    [Fact]
    public void ReadLevel_TheBundlesOwnFile_IsInformation()
    {
        Assert.Equal(LogLevel.Information, LoggingFile.ReadLevel(Path.Combine(SharedFolders.Repository, "models", "wholeBody_ct_segmentation", "configs", "logging.conf")));
    }

    [Theory]
    [InlineData("DEBUG", "WARNING", LogLevel.Warning)]
    [InlineData("ERROR", "NOTSET", LogLevel.Error)]
    [InlineData("NOTSET", "NOTSET", LogLevel.Trace)]
    public void ReadLevel_LoggerAndHandler_TheStricterCounts(string logger, string handler, LogLevel expected)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "logging.conf");
        File.WriteAllText(file, $"[loggers]\nkeys=root\n\n[logger_root]\nlevel={logger}\nhandlers=console\n\n[handler_console]\nlevel = {handler}\nargs=(sys.stdout,)\n");

        Assert.Equal(expected, LoggingFile.ReadLevel(file));
    }

    [Theory]
    [InlineData("[logger_root]\nlevel=LOUD\n", "LOUD")]
    [InlineData("nothing", "[logger_root]")]
    public void ReadLevel_WrongFile_SaysWhat(string text, string part)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "logging.conf");
        File.WriteAllText(file, text);

        Assert.Contains(part, Assert.Throws<BundleRunException>(() => LoggingFile.ReadLevel(file)).Message, StringComparison.Ordinal);
    }
}
