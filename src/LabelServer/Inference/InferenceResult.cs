using System.Text.Json.Nodes;
using LabelServer.Http;

namespace LabelServer.Inference;

/// <summary>Answers an inference in the form that was asked for, and frees the label map afterwards.</summary>
internal sealed class InferenceResult(InferenceAnswer answer, JsonNode summary, InferOutput output) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (answer)
        {
            var fileName = ResultFileName.Create(answer.ResultExtension);
            IResult result = output switch
            {
                InferOutput.Json => new JsonAnswer(summary),
                InferOutput.Image => new StreamAnswer(answer.OpenResult(), answer.ResultLength, fileName),
                _ => new MultipartAnswer(summary, answer.OpenResult(), answer.ResultLength, fileName),
            };
            await result.ExecuteAsync(httpContext);
        }
    }
}
