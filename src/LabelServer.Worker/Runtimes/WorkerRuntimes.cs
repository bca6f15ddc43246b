using LabelServer.Inference.Networks;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Devices;
using LabelServer.Worker.Exports;
using LabelServer.Worker.Hosting;

namespace LabelServer.Worker.Runtimes;

/// <summary>Puts together the runtimes that are built into this worker.</summary>
internal static class WorkerRuntimes
{
    /// <summary>Registers them, and bundles that are opened with them.</summary>
    public static IServiceCollection AddRuntimes(this IServiceCollection services)
    {
#if TORCH
        services.AddSingleton<IRuntimeOffer, TorchOffer>();
#endif
        services.AddSingleton<IRuntimeOffer, OnnxOffer>();
        services.AddSingleton(_ => RuntimeTimings.OfThisUser());
        services.AddSingleton<RuntimeSelector>();
        services.AddSingleton<INetworkFactory>(provider => new DeviceFallback(provider.GetRequiredService<RuntimeSelector>(), provider.GetRequiredService<ILogger<DeviceFallback>>()));
        services.AddSingleton<IBundleOpener>(provider => new BundleOpener(provider.GetRequiredService<INetworkFactory>(), CacheLimits.Of(provider.GetRequiredService<WorkerStart>().ResultCache)));
        services.AddSingleton<ExportCheck>();
        services.AddSingleton<DeviceBenchmark>();
        return services;
    }
}
