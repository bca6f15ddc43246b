using LabelServer.Hosting;

namespace LabelServer.Http;

/// <summary>Addresses of this server in answers.</summary>
internal static class ApiAddress
{
    /// <summary>The address of a path of the API, from the root of the client's server on: with the prefix that a proxy took away (<c>X-Forwarded-Prefix</c>) and that of <c>MONAI_LABEL_API_STR</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path as the protocol has it, such as <c>/session/1</c>, with its query.</param>
    public static string Of(HttpContext context, string path) => context.Request.PathBase + context.RequestServices.GetRequiredService<ServerOptions>().ApiPrefix + path;
}
