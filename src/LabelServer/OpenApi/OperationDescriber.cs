using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LabelServer.OpenApi;

/// <summary>Writes the <see cref="OperationDescription"/> of an endpoint into <c>/openapi.json</c>.</summary>
internal sealed class OperationDescriber : IOpenApiOperationTransformer
{
    /// <inheritdoc/>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<OperationDescription>().LastOrDefault() is not { } description)
            return Task.CompletedTask;

        operation.Summary = description.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(description.Tag, context.Document) };
        operation.Parameters = [.. operation.Parameters ?? [], .. description.Query.Select(Describe)];
        operation.RequestBody = Body(description);
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse { Description = "Done", Content = description.Answers.ToDictionary(type => type, _ => new OpenApiMediaType()) },
            ["4XX"] = new OpenApiResponse { Description = "The request cannot be carried out; detail says why and what to do", Content = Detail() },
            ["5XX"] = new OpenApiResponse { Description = "The server cannot carry it out now; detail says why", Content = Detail() },
        };
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiMediaType> Detail() => new()
    {
        ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["detail"] = new OpenApiSchema() } } },
    };

    private static OpenApiParameter Describe(QueryParameter parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Required = parameter.Required,
        Description = parameter.Text,
        Schema = new OpenApiSchema
        {
            Type = TypeOf(parameter.Kind),
            Default = parameter.Default is null ? null : parameter.Kind == QueryKind.Text ? JsonValue.Create(parameter.Default) : JsonNode.Parse(parameter.Default),
            Enum = parameter.Allowed.Count == 0 ? null : [.. parameter.Allowed.Select(a => JsonValue.Create(a))],
        },
    };

    private static JsonSchemaType TypeOf(QueryKind kind) => kind switch
    {
        QueryKind.Boolean => JsonSchemaType.Boolean,
        QueryKind.Integer => JsonSchemaType.Integer,
        _ => JsonSchemaType.String,
    };

    private static OpenApiRequestBody? Body(OperationDescription description)
    {
        if (description.HasJsonBody)
        {
            return new OpenApiRequestBody
            {
                Description = "Optional; absent, empty and null mean no parameters",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } } },
            };
        }

        if (description.FormFields.Count + description.FormFiles.Count == 0)
            return null;
        var properties = new Dictionary<string, IOpenApiSchema>();
        foreach (var field in description.FormFields)
            properties[field] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A JSON object as text", Default = JsonValue.Create("{}") };
        foreach (var file in description.FormFiles)
            properties[file] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        return new OpenApiRequestBody
        {
            Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties } } },
        };
    }
}
