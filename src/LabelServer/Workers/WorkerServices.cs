using LabelServer.Inference;
using LabelServer.Models;

namespace LabelServer.Workers;

/// <summary>Registers the model catalog, the worker and the dispatcher.</summary>
public static class WorkerServices
{
    /// <summary>Adds them. The worker is started in the background when the host starts.</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, ModelCatalogOptions models, WorkerOptions workers)
    {
        services.AddMetrics();
        services.AddSingleton(models);
        services.AddSingleton(workers);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<WorkerSupervisor>();
        services.AddSingleton<IInferenceDispatcher, GrpcInferenceDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerSupervisor>());
        return services;
    }
}
