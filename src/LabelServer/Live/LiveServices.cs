using LabelServer.Auth;
using LabelServer.Http;
using LabelServer.Jobs;

namespace LabelServer.Live;

/// <summary>Adds the live hub.</summary>
internal static class LiveServices
{
    /// <summary>Adds the hub's services.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, RecordJson.Default));
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.AddSingleton<IJobListener, JobFeed>();
        return services;
    }

    /// <summary>Adds the hub's address.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<LiveHub>("/live").Require(Access.Read);
}
