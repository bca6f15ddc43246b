using LabelServer.ActiveLearning;
using LabelServer.Annotators;
using LabelServer.Apps;
using LabelServer.Audit;
using LabelServer.Auth;
using LabelServer.BatchInference;
using LabelServer.CommandLine;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Dicom;
using LabelServer.Errors;
using LabelServer.Health;
using LabelServer.Http;
using LabelServer.Inference;
using LabelServer.Info;
using LabelServer.Jobs;
using LabelServer.Limits;
using LabelServer.Live;
using LabelServer.Logs;
using LabelServer.Models;
using LabelServer.OpenApi;
using LabelServer.Pages;
using LabelServer.Proposals;
using LabelServer.Scoring;
using LabelServer.Security;
using LabelServer.Services;
using LabelServer.Sessions;
using LabelServer.State;
using LabelServer.Telemetry;
using LabelServer.Training;
using LabelServer.Workers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LabelServer.Hosting;

/// <summary>Puts the server together: its services, the order in which a request passes through, and the endpoints.</summary>
public static partial class ServerHost
{
    /// <summary>Builds a server that is not started yet.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="customise">Replaces services, for tests; runs last.</param>
    /// <param name="onServices">Gets the services as soon as they can be asked for, while the pipeline and the endpoints are still to come.</param>
    /// <exception cref="AppDeclarationException">The app's declaration cannot be used.</exception>
    public static WebApplication Build(ServerOptions options, Action<IServiceCollection>? customise = null, Action<IServiceProvider>? onServices = null)
    {
        var declaration = AppDeclaration.Read(options.AppFolder);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "labelserver", ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        ServerLogging.Add(builder.Logging, options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        if (options.CertificateFile is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ConnectionMemory.Factory>();
        AddServices(builder.Services, options, declaration);
        builder.AddTelemetry(options);
        builder.AddServiceManagers();
        customise?.Invoke(builder.Services);

        var app = builder.Build();
        onServices?.Invoke(app.Services);
        app.UseMetrics();
        AddMiddleware(app, options);
        var pages = app.MapGroup(string.Empty);
        AccessTable.ApplyTo(pages, string.Empty);
        pages.MapPages();
        pages.MapApiDescription();
        var api = app.MapGroup(options.ApiPrefix);
        AccessTable.ApplyTo(api, options.ApiPrefix);
        MapApi(api);

        // Said here so that the pipeline is whole before the server starts, see WarmUp.
        app.UseEndpoints(_ => { });
        if (!options.ListensOnLoopbackOnly && !app.Services.GetRequiredService<AuthState>().IsEnabled)
            LogOpen(app.Logger, options.Host);
        return app;
    }

    // Who asks is found out before how often, and both before whether one may.
    private static void AddMiddleware(WebApplication app, ServerOptions options)
    {
        if (app.Services.GetRequiredService<TrustedProxies>() is { Any: true } proxies)
            app.UseForwardedHeaders(proxies.ToOptions());
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseMiddleware<OriginMiddleware>();
        app.UseMiddleware<StaleBodyMiddleware>();
        if (options.AccessLog)
            app.UseMiddleware<AccessLogMiddleware>();
        app.UseRouting();
        app.UseMiddleware<AuditMiddleware>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseMiddleware<UploadMiddleware>();
        app.UseMiddleware<AnnotatorActivityMiddleware>();
    }

    private static void AddServices(IServiceCollection services, ServerOptions options, AppDeclaration declaration)
    {
        services.AddRouting();
        services.AddSingleton<MatcherPolicy, ExactPaths>();
        services.AddApiDescription();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(declaration);
        services.AddSingleton(EnabledTasks.From(options.Environment));
        services.AddSingleton(new OriginPolicy(options.CorsOrigins, options.AllowedHosts, options.ListensOnLoopbackOnly));
        services.AddAuth(options);
        services.AddAudit(options);
        services.AddLimits(options);
        services.AddSingleton<DeviceDirectory>();
        var catalog = CatalogOptions(options, declaration);
        services.AddSingleton(catalog);
        services.AddSingleton<ModelCatalog>();
        services.AddWorkers(WorkerSettings.From(options) with { StartWithServer = !catalog.IsStoreOnly });
        services.AddSingleton<WeightsStore>();
        services.AddState(options);
        services.AddJobs();
        services.AddLive();
        services.AddTraining();
        services.AddDatastore(options);
        services.AddSessions(options);
        services.AddLabelVersions();
        services.AddActiveLearning(options, declaration);
        services.AddProposals(options, declaration);
        services.AddScoring(options, declaration);
        services.AddBatchInference();
        services.AddSingleton<InferenceService>();
        services.AddSingleton<ServerInfo>();
        services.AddSingleton<StatusPage>();
    }

    private static void MapApi(RouteGroupBuilder api)
    {
        api.MapInfo();
        api.MapInference();
        api.MapDatastore();
        api.MapLabelVersions();
        api.MapSessions();
        api.MapActiveLearning();
        api.MapModels();
        api.MapTraining();
        api.MapLive();
        api.MapScoring();
        api.MapBatchInference();
        api.MapAuth();
        api.MapLogs();
        api.MapLogLevel();
        api.MapHealth();
        api.MapMetrics();
        api.MapViewer();
        api.MapDicomProxy();
    }

    private static ModelCatalogOptions CatalogOptions(ServerOptions options, AppDeclaration declaration)
    {
        var models = options.Conf.GetValueOrDefault("models") ?? declaration.Conf.GetValueOrDefault("models") ?? string.Join(',', declaration.DefaultModels);
        var folder = options.Conf.GetValueOrDefault("models_dir") ?? declaration.Conf.GetValueOrDefault("models_dir");
        return ModelCatalogOptions.FromConf(options.AppFolder, ContentRoot.Folder, models, folder) with { Types = declaration.ModelTypes };
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;

        // Whole volumes come in one body. A client on a slow line, or one whose user interface is busy, is not cut off after seconds.
        kestrel.Limits.MaxRequestBodySize = LimitSettings.From(options).LargestBody;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromMinutes(2));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(100, TimeSpan.FromMinutes(2));

        // Ids of 1024 bytes may become three times as long in the query.
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        ListenAddress.Add(kestrel, options);
    }

    [LoggerMessage(112, LogLevel.Warning, "Started with --insecure on {Host}: everyone in the network can read the images and change the labels. Add a key (labelserver keys add) to ask for a log-in from then on.")]
    private static partial void LogOpen(ILogger logger, string host);
}
