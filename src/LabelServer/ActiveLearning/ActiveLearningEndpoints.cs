using System.Text.Json.Nodes;
using LabelServer.ActiveLearning.Hardest;
using LabelServer.ActiveLearning.Leases;
using LabelServer.Annotators;
using LabelServer.Apps;
using LabelServer.Auth;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Http;
using LabelServer.Models;
using LabelServer.OpenApi;
using LabelServer.Proposals;
using LabelServer.Scoring;

namespace LabelServer.ActiveLearning;

/// <summary><c>POST /activelearning/{strategy}</c> (protocol 4.7). A key <c>strategy</c> of the body means nothing here; in the original it overrides the path.</summary>
internal static class ActiveLearningEndpoints
{
    /// <summary>Adds the strategies that the app declares and this program has.</summary>
    /// <exception cref="ServerOptionsException">A setting is wrong.</exception>
    public static IServiceCollection AddActiveLearning(this IServiceCollection services, ServerOptions options, AppDeclaration app)
    {
        var faults = new List<string>();
        var isEnabled = options.Environment.Boolean("MONAI_LABEL_TASKS_STRATEGY", true, faults);
        if (faults.Count > 0)
        {
            throw new ServerOptionsException(faults);
        }

        services.AddSingleton(LeaseSettings.From(options.ConfOver(app)));
        services.AddSingleton(SqliteLeaseStore.Schema);
        services.AddSingleton<ILeaseStore, SqliteLeaseStore>();
        services.AddHardest();
        services.AddSingleton(s => new StrategyCatalog(app, s.GetRequiredService<ModelCatalog>(), s.GetRequiredService<HardestStrategy>(), isEnabled));
        services.AddSingleton<ActiveLearningService>();
        return services;
    }

    /// <summary>Adds the endpoint.</summary>
    public static void MapActiveLearning(this IEndpointRouteBuilder routes) => routes.MapPost("/activelearning/{strategy}", NextAsync)
        .Describe(new("Active learning", "The next image to label, reserved for whoever asks; {} when all are labelled or reserved for others") { HasJsonBody = true });

    private static async Task<IResult> NextAsync(
        string strategy, HttpContext context, ActiveLearningService service, IDatastore datastore, ImageGrants grants, ScoringRefresh scores, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request, cancellationToken);
        var clientId = body.TryGetPropertyValue("client_id", out var id) && id is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
        var client = clientId ?? CurrentUser.Of(context).Name;
        if (await service.NextAsync(strategy, Annotator.Of(context, clientId), client, cancellationToken) is not var (choice, checksum))
        {
            return new JsonAnswer(new JsonObject());
        }

        grants.Allow(context, choice.Image.Id);
        scores.After(strategy);
        var answer = InfoDocument.Empty.With("id", choice.Image.Id).Merge(choice.Extras)
            .With("path", ClientPaths.OfImage(context, datastore, choice.Image.Id));

        // What an info may hold under these names must not hide them.
        foreach (var (key, info) in choice.Image.Info.Members)
        {
            if (!answer.TryGet(key, out _))
            {
                answer = answer.With(key, info);
            }
        }

        if (!choice.Image.Info.TryGet("name", out _))
        {
            answer = answer.With("name", choice.Image.FileName);
        }

        return RawJsonAnswer.Of(checksum is null ? answer.Without("checksum") : answer.With("checksum", checksum));
    }
}
