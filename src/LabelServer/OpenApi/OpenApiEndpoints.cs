using System.Net;
using LabelServer.Hosting;
using LabelServer.Info;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace LabelServer.OpenApi;

/// <summary><c>/openapi.json</c>, and a page at <c>/docs</c> that reads it. Both work offline: the page's script comes from this program, and its policy lets it load nothing else.</summary>
internal static class OpenApiEndpoints
{
    private const string PagePolicy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    // Without the page's own extras that lead to services on the internet: they would fail here, and invite people to send things out.
    private const string Page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>LabelServer API</title>
        <link rel="icon" href="/favicon.ico">
        </head>
        <body>
        <div id="app"></div>
        <script src="/docs/scalar.js"></script>
        <script>
        Scalar.createApiReference("#app", {
          url: "/openapi.json", withDefaultFonts: false, telemetry: false,
          showDeveloperTools: "never", hideClientButton: true, agent: { disabled: true }, mcp: { disabled: true },
        });
        </script>
        </body>
        </html>

        """;

    /// <summary>Adds the services.</summary>
    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddOperationTransformer<OperationDescriber>();
            options.AddDocumentTransformer((document, context, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = context.ApplicationServices.GetRequiredService<ServerOptions>().ProjectName,
                    Version = ServerVersion.Text,
                    Description = "The REST protocol of MONAI Label, as this server speaks it. Every path is served with and without a slash at its end.",
                };

                document.Tags = UsedTags(document);

                // The page asks where it was loaded from; an address in the document would be wrong behind a tunnel.
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
    }

    // Every endpoint names its group; without this the classes that map them would be listed as empty groups.
    private static HashSet<OpenApiTag> UsedTags(OpenApiDocument document)
    {
        var used = document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>()).SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>());
        return [.. used.Select(tag => tag.Name).OfType<string>().Distinct(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name })];
    }

    /// <summary>Adds the endpoints.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi.json").WithMetadata(new HttpMethodMetadata(GetAndHead)).Add(endpoint => endpoint.RequestDelegate = AsPlainJson(endpoint.RequestDelegate!));
        routes.MapMethods("/docs", GetAndHead, (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return Results.Content(Page.Replace("\"/", $"\"{WebUtility.HtmlEncode(context.Request.PathBase)}/", StringComparison.Ordinal), "text/html; charset=utf-8");
        }).ExcludeFromDescription();

        // Serves the script /docs/scalar.js. Its own page would answer /docs with a redirect.
        routes.MapScalarApiReference("/docs");
    }

    // JSON has no charset parameter (RFC 8259, section 11); clients compare the type as text.
    private static RequestDelegate AsPlainJson(RequestDelegate inner) => context =>
    {
        context.Response.OnStarting(() =>
        {
            context.Response.ContentType = "application/json";
            return Task.CompletedTask;
        });
        return inner(context);
    };

    /// <summary>Says what an endpoint is.</summary>
    public static TBuilder Describe<TBuilder>(this TBuilder builder, OperationDescription description)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(description);
}
