using LabelServer.Logs;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace LabelServer.Hosting;

/// <summary>Sends the log to the console and to the file that <c>/logs/</c> shows.</summary>
internal static class ServerLogging
{
    /// <summary>Adds both. When the file cannot be written, the console alone is used and says so.</summary>
    public static void Add(ILoggingBuilder logging, ServerOptions options)
    {
        var level = new LogLevelSwitch(options.LogLevel);
        logging.Services.AddSingleton(level);
        logging.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(level);
        logging.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(level);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);

        // A start that failed is told by the command in plain words; a background service that fails later is critical.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        var file = OpenFile(options.LogFile);
        logging.Services.AddSingleton(new LogLocation(file?.Path));
        if (file is not null)
            logging.Services.AddSingleton<ILoggerProvider>(services => new LogFileProvider(file, services.GetRequiredService<TimeProvider>()));
    }

    private static RotatingLogFile? OpenFile(string path)
    {
        try
        {
            return new RotatingLogFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"No log file: {error.Message} The log goes to this console only.");
            return null;
        }
    }
}
