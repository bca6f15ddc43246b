using LabelServer.Datastore.Checks;
using LabelServer.Hosting;
using LabelServer.Models;

namespace LabelServer.Datastore;

/// <summary>Adds the store to the server's services.</summary>
internal static class DatastoreServices
{
    /// <summary>Adds <see cref="IDatastore"/> over the studies folder. Opened when the server starts.</summary>
    public static IServiceCollection AddDatastore(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(DatastoreOptions.From(options));
        services.AddSingleton<IVolumeInspector, VolumeInspector>();
        services.AddSingleton<IModelLabelMaps>(s => new CatalogLabelMaps(s.GetRequiredService<ModelCatalog>()));
        services.AddSingleton(s => LocalDatastore.Open(
            s.GetRequiredService<DatastoreOptions>(),
            s.GetRequiredService<IVolumeInspector>(),
            s.GetRequiredService<IModelLabelMaps>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<LocalDatastore>>()));
        services.AddSingleton<IDatastore>(s => s.GetRequiredService<LocalDatastore>());
        services.AddHostedService<DatastoreMaintenance>();
        return services;
    }
}
