using LabelServer.Errors;

namespace LabelServer.Inference;

/// <summary><c>POST /infer/{model}</c> (protocol 4.3) and, as far as they exist here, <c>/infer/wsi/…</c> (4.4).</summary>
internal static class InferenceEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapInference(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/infer/{model}", (string model, HttpRequest request, InferenceService service, CancellationToken token) => service.InferAsync(model, request, token));
        routes.MapPost("/infer/wsi/{model}", Wsi);
        routes.MapPost("/infer/wsi_v2/{model}", Wsi);
    }

    private static IResult Wsi(string model)
        => throw new NotImplementedHereException($"Whole-slide images are not supported by this server, so '{model}' cannot be run on one. Use MONAI Label's pathology app for slides; volumes go to POST /infer/{model}.");
}
