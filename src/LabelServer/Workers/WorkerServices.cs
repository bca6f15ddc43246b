using LabelServer.Inference;

namespace LabelServer.Workers;

/// <summary>Registers the worker process and the dispatcher.</summary>
public static class WorkerServices
{
    /// <summary>Adds them; the model catalog and the device directory must be registered too. The worker is started in the background when the host starts.</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, WorkerOptions workers)
    {
        services.AddMetrics();
        services.AddSingleton(workers);
        services.AddSingleton<WorkerSupervisor>();
        services.AddSingleton<GrpcInferenceDispatcher>();
        services.AddSingleton<IInferenceDispatcher>(provider => provider.GetRequiredService<GrpcInferenceDispatcher>());
        services.AddSingleton<IUncertaintyDispatcher>(provider => provider.GetRequiredService<GrpcInferenceDispatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<WorkerSupervisor>());
        return services;
    }
}
