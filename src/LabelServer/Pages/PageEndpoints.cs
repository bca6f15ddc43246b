using LabelServer.Auth;
using LabelServer.Errors;
using Microsoft.Net.Http.Headers;

namespace LabelServer.Pages;

/// <summary>What a browser sees: the start page, its icon, and the places of pages that this server does not have. Always at the root, whatever the prefix of the API.</summary>
internal static class PageEndpoints
{
    private const string IconResource = "favicon.ico";

    /// <summary>Adds the endpoints.</summary>
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext context, StatusPage page, AuthState auth) =>
            Results.Content(page.ToHtml(context.Request.PathBase, auth.IsEnabled && !CurrentUser.Of(context).IsLoggedIn), "text/html; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/favicon.ico", Icon).ExcludeFromDescription();
        routes.MapMethods("/static/favicon.ico", [HttpMethods.Get, HttpMethods.Head], Icon).ExcludeFromDescription();
    }

    /// <summary>Adds <c>/ohif/</c>: the original serves the OHIF viewer there if it was built; here it never is.</summary>
    public static void MapViewer(this IEndpointRouteBuilder routes)
        => routes.MapGet("/ohif/{**path}", IResult () => throw new ResourceNotFoundException("Resource NOT Found")).ExcludeFromDescription();

    // With a tag and a time, those of this program, so that a browser fetches it once.
    private static IResult Icon() => Results.Stream(
        typeof(PageEndpoints).Assembly.GetManifestResourceStream(IconResource)!,
        "image/x-icon",
        lastModified: Environment.ProcessPath is { } program ? File.GetLastWriteTimeUtc(program) : null,
        entityTag: new EntityTagHeaderValue($"\"{typeof(PageEndpoints).Module.ModuleVersionId:N}\""));
}
