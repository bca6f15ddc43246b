using LabelServer.Errors;
using LabelServer.OpenApi;

namespace LabelServer.Inference;

/// <summary><c>POST /infer/{model}</c> (protocol 4.3) and, as far as they exist here, <c>/infer/wsi/…</c> (4.4).</summary>
internal static class InferenceEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapInference(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/infer/{model}", (string model, HttpRequest request, InferenceService service, CancellationToken token) => service.InferAsync(model, request, token)).Describe(new("Inference", "Segments an image")
        {
            Query =
            [
                new("image", QueryKind.Text, "The image's id") { Default = string.Empty },
                new("session_id", QueryKind.Text, "A session that holds the image"),
                new("output", QueryKind.Text, "What is answered") { Default = "all", Allowed = ["image", "json", "all", "dicom_seg"] },
            ],
            FormFields = ["params"],
            FormFiles = ["file", "label"],
            Answers = ["multipart/form-data", "application/json", "application/octet-stream"],
        });
        routes.MapPost("/infer/wsi/{model}", Wsi).Describe(new("Inference", "Whole-slide images are not supported"));
        routes.MapPost("/infer/wsi_v2/{model}", Wsi).Describe(new("Inference", "Whole-slide images are not supported"));
    }

    private static IResult Wsi(string model)
        => throw new NotImplementedHereException($"Whole-slide images are not supported by this server, so '{model}' cannot be run on one. Use MONAI Label's pathology app for slides; volumes go to POST /infer/{model}.");
}
