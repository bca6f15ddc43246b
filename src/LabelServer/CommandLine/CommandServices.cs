using LabelServer.Models;
using LabelServer.Workers;
using Microsoft.Extensions.Logging.Console;

namespace LabelServer.CommandLine;

/// <summary>The services that a command needs which runs a model without a server.</summary>
internal static class CommandServices
{
    /// <summary>Builds them. Disposing the provider ends the worker.</summary>
    /// <param name="models">Which bundles there are.</param>
    /// <param name="workers">How the worker runs.</param>
    /// <param name="verbose">Whether the log is written to standard error; otherwise only errors are.</param>
    public static ServiceProvider Build(ModelCatalogOptions models, WorkerOptions workers, bool verbose)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Critical);
            logging.AddSimpleConsole(options => options.SingleLine = true);
            logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        });
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton(models);
        services.AddSingleton<ModelCatalog>();
        services.AddWorkers(workers);
        return services.BuildServiceProvider();
    }
}
