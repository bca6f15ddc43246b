using LabelServer.Jobs;

namespace LabelServer.Training;

/// <summary>Adds training.</summary>
internal static class TrainingServices
{
    /// <summary>Adds it; workers, models, the data store, jobs and the live hub must be registered too.</summary>
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        services.AddSingleton<TrainerCatalog>();
        services.AddSingleton<TrainingSetBuilder>();
        services.AddSingleton<ITrainingWorker, TrainExchange>();
        services.AddSingleton<TrainStatsStore>();
        services.AddSingleton<TrainingFeed>();
        services.AddSingleton<TrainingInfo>();
        services.AddJobKind<TrainingJobs>();
        return services;
    }
}
