using LabelServer.Hosting;

namespace LabelServer.State;

/// <summary>Adds the state database to the server's services.</summary>
internal static class StateServices
{
    /// <summary>Adds <see cref="StateDatabase"/>. A feature that keeps tables in it adds its <see cref="StateSchema"/> as a singleton.</summary>
    public static IServiceCollection AddState(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(_ => StateLocation.For(options));
        services.AddSingleton<StateDatabase>();
        return services;
    }
}
