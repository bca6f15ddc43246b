using System.Text.Json.Nodes;
using LabelServer.Http;
using LabelServer.Jobs;
using LabelServer.OpenApi;

namespace LabelServer.Training;

/// <summary><c>/train</c> (protocol 4.6).</summary>
internal static class TrainingEndpoints
{
    private const string Model = "model";

    /// <summary>Adds the endpoints.</summary>
    public static void MapTraining(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/train/", (HttpRequest request, JobQueue<TrainingJobs> queue) => JobAnswers.Status(request, queue)).Describe(new("Training", "The status of the newest training") { Query = TaskParameters.Status });
        routes.MapDelete("/train/", (JobQueue<TrainingJobs> queue, CancellationToken cancellationToken) => JobAnswers.StopAsync(queue, cancellationToken)).Describe(new("Training", "Stops the running training"));
        routes.MapPost("/train/", StartAllAsync).Describe(Start("Trains the models that the body names; deprecated"));
        routes.MapPost("/train/{model}", StartAsync).Describe(Start("Trains a model with the submitted labels"));
    }

    private static OperationDescription Start(string summary) => new("Training", summary) { Query = [TaskParameters.RunSync, TaskParameters.Enqueue], HasJsonBody = true };

    private static async Task<IResult> StartAsync(string model, HttpRequest request, TrainerCatalog trainers, JobQueue<TrainingJobs> queue, CancellationToken cancellationToken)
    {
        var (runSync, enqueue) = Flags(request);
        var body = await RequestBody.ReadObjectAsync(request, cancellationToken);
        return new JsonAnswer(await SubmitAsync(model, body, trainers, queue, runSync, enqueue, cancellationToken));
    }

    /// <summary>The old form: <c>{trainer: {parameters}}</c>, or parameters with <c>model</c> among them; without any trainer's name all are trained, one after the other.</summary>
    /// <remarks>Intended difference: the original mixes the whole body into each request, so that a flat body trains its model once for each trainer (protocol 4.6).</remarks>
    private static async Task<IResult> StartAllAsync(HttpRequest request, TrainerCatalog trainers, JobQueue<TrainingJobs> queue, CancellationToken cancellationToken)
    {
        var (runSync, _) = Flags(request);
        var body = await RequestBody.ReadObjectAsync(request, cancellationToken);
        var answers = new JsonObject();
        foreach (var (model, parameters) in Requests(body, trainers))
        {
            try
            {
                answers[model] = Answer(await SubmitAsync(model, parameters, trainers, queue, runSync, enqueue: true, cancellationToken), null);
            }
            catch (Exception error) when (error is TrainingJobException or JobStoppedException)
            {
                // The other trainers' answers are not lost.
                answers[model] = Answer(null, error.Message);
            }
        }

        return new JsonAnswer(answers);
    }

    private static JsonObject Answer(JsonNode? result, string? detail) => new() { ["result"] = result, ["detail"] = detail };

    private static IEnumerable<(string Model, JsonObject Parameters)> Requests(JsonObject body, TrainerCatalog trainers)
    {
        if (body[Model] is JsonValue named && named.TryGetValue<string>(out var model))
            return [(model, body)];
        if (body.FirstOrDefault(p => p.Value is not (JsonObject or null) && trainers.Trainers.Any(t => t.Model.Id == p.Key)) is { Key: { } trainer })
            throw new TrainingRefusedException($"The parameters of the trainer '{trainer}' must be an object, such as {{\"{trainer}\": {{\"max_epochs\": 10}}}}.");
        var nested = body.Where(p => p.Value is JsonObject).Select(p => (p.Key, (JsonObject)p.Value!)).ToList();
        return nested.Count > 0 ? nested : trainers.Trainers.Select(t => (t.Model.Id, body));
    }

    private static Task<JsonNode> SubmitAsync(string model, JsonObject parameters, TrainerCatalog trainers, JobQueue<TrainingJobs> queue, bool runSync, bool enqueue, CancellationToken cancellationToken)
    {
        // A name or value that cannot be is told at once, not by a job that fails.
        new TrainingParametersReader(parameters, trainers.Require(model)).Read();
        var request = new JsonObject { [Model] = model };
        foreach (var (key, value) in parameters.Where(p => p.Key != Model))
            request[key] = value?.DeepClone();
        return JobAnswers.StartAsync(queue, request, runSync, enqueue, cancellationToken);
    }

    private static (bool RunSync, bool Enqueue) Flags(HttpRequest request)
    {
        var query = new RequestQuery(request);
        var flags = (query.Boolean("run_sync", false), query.Boolean("enqueue", false));
        query.Validate();
        return flags;
    }
}
