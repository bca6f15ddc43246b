namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Adds the strategy <c>hardest</c>.</summary>
internal static class HardestServices
{
    /// <summary>Adds it; the store of proposals must be registered too.</summary>
    public static IServiceCollection AddHardest(this IServiceCollection services)
    {
        services.AddSingleton<HardestStrategy>();
        services.AddSingleton<FactCollector>();
        return services;
    }
}
