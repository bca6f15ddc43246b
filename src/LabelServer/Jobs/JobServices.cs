using System.Diagnostics.CodeAnalysis;

namespace LabelServer.Jobs;

/// <summary>Adds background jobs to the server's services.</summary>
internal static class JobServices
{
    /// <summary>Adds the store of jobs; the state database must be registered too.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton(SqliteJobStore.Schema);
        services.AddSingleton<IJobStore, SqliteJobStore>();
        return services;
    }

    /// <summary>Adds a kind of jobs: its handler, and its <see cref="JobQueue{THandler}"/>, which starts with the server.</summary>
    public static IServiceCollection AddJobKind<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(this IServiceCollection services)
        where THandler : class, IJobHandler
    {
        services.AddSingleton<THandler>();
        services.AddSingleton<JobQueue<THandler>>();
        services.AddHostedService(provider => provider.GetRequiredService<JobQueue<THandler>>());
        return services;
    }
}
