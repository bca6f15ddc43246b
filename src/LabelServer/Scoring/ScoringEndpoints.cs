using System.Text.Json.Nodes;
using LabelServer.Apps;
using LabelServer.Errors;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.Jobs;
using LabelServer.Models;
using LabelServer.OpenApi;

namespace LabelServer.Scoring;

/// <summary><c>/scoring</c> (protocol 4.8).</summary>
internal static class ScoringEndpoints
{
    /// <summary>Adds the scoring methods that the app declares and this program has.</summary>
    /// <exception cref="ServerOptionsException">A setting is wrong.</exception>
    public static IServiceCollection AddScoring(this IServiceCollection services, ServerOptions options, AppDeclaration app)
    {
        var faults = new List<string>();
        var isEnabled = options.Environment.Boolean("MONAI_LABEL_TASKS_SCORING", true, faults);
        if (faults.Count > 0)
            throw new ServerOptionsException(faults);
        services.AddSingleton<IScoringMethod, DiceScoring>();
        services.AddSingleton<IScoringMethod, SumScoring>();
        services.AddSingleton<IScoringMethod, HardestScoring>();
        services.AddSingleton<UncertaintyScoringServices>();
        services.AddSingleton(s => new ScoringCatalog(
            app,
            s.GetRequiredService<ModelCatalog>(),
            s.GetServices<IScoringMethod>(),
            s.GetRequiredService<UncertaintyScoringServices>(),
            isEnabled));
        services.AddJobKind<ScoringJobs>();
        services.AddSingleton(ScoringRefreshSettings.From(options.Environment));
        services.AddSingleton<ScoringRefresh>();
        return services;
    }

    /// <summary>Adds the endpoints.</summary>
    public static void MapScoring(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/scoring/", (HttpRequest request, JobQueue<ScoringJobs> queue) => JobAnswers.Status(request, queue)).Describe(new("Scoring", "The status of the newest scoring") { Query = TaskParameters.Status });
        routes.MapDelete("/scoring/", (JobQueue<ScoringJobs> queue, CancellationToken token) => JobAnswers.StopAsync(queue, token)).Describe(new("Scoring", "Stops the running scoring"));
        routes.MapPost("/scoring/", AllAsync).Describe(new("Scoring", "Runs every scoring method, or those that the body names; deprecated") { Query = [TaskParameters.RunSync], HasJsonBody = true });
        routes.MapPost("/scoring/{method}", OneAsync).Describe(new("Scoring", "Runs a scoring method") { Query = [TaskParameters.RunSync], HasJsonBody = true });
    }

    private static async Task<IResult> AllAsync(HttpRequest request, ScoringCatalog catalog, JobQueue<ScoringJobs> queue, CancellationToken cancellationToken)
    {
        var (runSync, body) = await ReadAsync(request, cancellationToken);
        if (body.FirstOrDefault(b => b.Value is not (JsonObject or null)) is { Key: { } key })
            throw new BadRequestException($"The body must name scoring methods, each with an object of its parameters, such as {{\"dice\": {{}}}}; '{key}' is no object.");
        var methods = body.Count == 0 ? catalog.All : [.. body.Select(b => catalog.Require(b.Key))];
        var answer = new JsonObject();
        foreach (var method in methods)
        {
            var parameters = Request(method, body[method.Name] as JsonObject ?? []);
            answer[method.Name] = new JsonObject { ["result"] = await JobAnswers.StartAsync(queue, parameters, runSync, enqueue: true, cancellationToken), ["detail"] = null };
        }

        return new JsonAnswer(answer);
    }

    private static async Task<IResult> OneAsync(string method, HttpRequest request, ScoringCatalog catalog, JobQueue<ScoringJobs> queue, CancellationToken cancellationToken)
    {
        var (runSync, body) = await ReadAsync(request, cancellationToken);
        return new JsonAnswer(await JobAnswers.StartAsync(queue, Request(catalog.Require(method), body), runSync, enqueue: false, cancellationToken));
    }

    private static JsonObject Request(IScoringMethod method, JsonObject body)
    {
        // A key "method" of the body cannot change the path's.
        var request = new JsonObject { [ScoringJobs.MethodKey] = method.Name };
        foreach (var (key, value) in body.Where(b => b.Key != ScoringJobs.MethodKey))
            request[key] = value?.DeepClone();
        return request;
    }

    private static async Task<(bool RunSync, JsonObject Body)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        var runSync = query.Boolean("run_sync", false);
        query.Validate();
        return (runSync, await RequestBody.ReadObjectAsync(request, cancellationToken));
    }
}
