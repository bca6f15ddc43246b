using LabelServer.ActiveLearning;
using LabelServer.Apps;
using LabelServer.BatchInference;
using LabelServer.CommandLine;
using LabelServer.Datastore;
using LabelServer.Errors;
using LabelServer.Health;
using LabelServer.Http;
using LabelServer.Inference;
using LabelServer.Info;
using LabelServer.Logs;
using LabelServer.Models;
using LabelServer.OpenApi;
using LabelServer.Pages;
using LabelServer.Scoring;
using LabelServer.Security;
using LabelServer.Sessions;
using LabelServer.Training;
using LabelServer.Workers;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LabelServer.Hosting;

/// <summary>Puts the server together: its services, the order in which a request passes through, and the endpoints.</summary>
public static class ServerHost
{
    /// <summary>Builds a server that is not started yet.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="customise">Replaces services, for tests; runs last.</param>
    /// <exception cref="AppDeclarationException">The app's declaration cannot be used.</exception>
    public static WebApplication Build(ServerOptions options, Action<IServiceCollection>? customise = null)
    {
        var declaration = AppDeclaration.Read(options.AppFolder);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "labelserver", ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        ServerLogging.Add(builder.Logging, options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        if (options.CertificateFile is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        AddServices(builder.Services, options, declaration);
        customise?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<OriginMiddleware>();
        app.UseMiddleware<StaleBodyMiddleware>();
        if (options.AccessLog)
            app.UseMiddleware<AccessLogMiddleware>();
        app.UseRouting();
        app.MapPages();
        app.MapApiDescription();
        MapApi(app.MapGroup(options.ApiPrefix));

        // Said here so that the pipeline is whole before the server starts, see WarmUp.
        app.UseEndpoints(_ => { });
        return app;
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, AppDeclaration declaration)
    {
        services.AddRouting();
        services.AddApiDescription();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(declaration);
        services.AddSingleton(new OriginPolicy(options.CorsOrigins, options.AllowedHosts, options.ListensOnLoopbackOnly));
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton(CatalogOptions(options, declaration));
        services.AddSingleton<ModelCatalog>();
        services.AddWorkers(WorkerSettings.From(options));
        services.AddSingleton<WeightsStore>();
        services.AddDatastore(options);
        services.AddSessions(options);
        services.AddActiveLearning(options, declaration);
        services.AddSingleton<InferenceService>();
        services.AddSingleton<ServerInfo>();
        services.AddSingleton<StatusPage>();
    }

    private static void MapApi(RouteGroupBuilder api)
    {
        api.MapInfo();
        api.MapInference();
        api.MapDatastore();
        api.MapSessions();
        api.MapActiveLearning();
        api.MapModels();
        api.MapTraining();
        api.MapScoring();
        api.MapBatchInference();
        api.MapLogs();
        api.MapHealth();
        api.MapViewer();
    }

    private static ModelCatalogOptions CatalogOptions(ServerOptions options, AppDeclaration declaration)
    {
        var models = options.Conf.GetValueOrDefault("models") ?? declaration.Conf.GetValueOrDefault("models") ?? string.Join(',', declaration.DefaultModels);
        return ModelCatalogOptions.FromConf(options.AppFolder, ContentRoot.Folder, models, options.Conf.GetValueOrDefault("models_dir") ?? declaration.Conf.GetValueOrDefault("models_dir"));
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;

        // Whole volumes come in one body. A client on a slow line, or one whose user interface is busy, is not cut off after seconds.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromMinutes(2));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(100, TimeSpan.FromMinutes(2));

        // Ids of 1024 bytes may become three times as long in the query.
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        ListenAddress.Add(kestrel, options);
    }
}
