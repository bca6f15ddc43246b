using Microsoft.AspNetCore.Authorization;

namespace LabelServer.Auth;

/// <summary>Who may use which endpoint of MONAI Label's protocol (protocol 3.3), and which uses the audit log records. One table, to be read beside the protocol's.</summary>
/// <remarks>
/// Different from the original: what only reads is also open to the role read-only; <c>POST /reload</c> asks for an administrator, where it asked nothing; <c>GET /auth/token/valid</c> asks for a valid token only.
/// An endpoint that says for itself who may use it (<see cref="AccessPolicies.Require"/>) is left as it is.
/// </remarks>
internal static class AccessTable
{
    private static readonly (string Methods, string Path, Access Access, string? AuditAs)[] Rows =
    [
        ("GET", "/", Access.Anyone, null),
        ("GET", "/favicon.ico", Access.Anyone, null),
        ("GET HEAD", "/static/favicon.ico", Access.Anyone, null),
        ("GET HEAD", "/docs", Access.Anyone, null),
        ("GET HEAD", "/openapi.json", Access.Anyone, null),
        ("GET", "/health/live", Access.Anyone, null),
        ("GET", "/health/ready", Access.Anyone, null),
        ("GET", "/metrics", Access.Read, null),
        ("GET", "/auth", Access.Anyone, null),
        ("GET", "/auth/token", Access.Anyone, null),
        ("POST", "/auth/token", Access.Anyone, "auth.token"),
        ("GET", "/auth/token/valid", Access.LoggedIn, null),
        ("GET", "/info", Access.Read, null),
        ("POST", "/reload", Access.Admin, "server.reload"),
        ("GET", "/logs", Access.Admin, null),
        ("GET", "/logs/gpu", Access.Admin, null),
        ("GET", "/logs/level", Access.Admin, null),
        ("PUT", "/logs/level", Access.Admin, "config.log-level"),
        ("POST", "/infer/{model}", Access.User, "inference.run"),
        ("POST", "/infer/wsi/{model}", Access.User, null),
        ("POST", "/infer/wsi_v2/{model}", Access.User, null),
        ("GET", "/batch/infer", Access.Read, null),
        ("POST", "/batch/infer/{model}", Access.Admin, "batch.start"),
        ("DELETE", "/batch/infer", Access.Admin, "batch.stop"),
        ("GET", "/train", Access.Read, null),
        ("POST", "/train", Access.Admin, "training.start"),
        ("POST", "/train/{model}", Access.Admin, "training.start"),
        ("DELETE", "/train", Access.Admin, "training.stop"),
        ("POST", "/activelearning/{strategy}", Access.User, null),
        ("GET", "/scoring", Access.Read, null),
        ("POST", "/scoring", Access.Annotator, "scoring.start"),
        ("POST", "/scoring/{method}", Access.Annotator, "scoring.start"),
        ("DELETE", "/scoring", Access.Annotator, "scoring.stop"),
        ("GET", "/datastore", Access.Read, null),
        ("PUT", "/datastore", Access.Annotator, "image.add"),
        ("DELETE", "/datastore", Access.Admin, "image.remove"),
        ("GET HEAD", "/datastore/image", Access.ReadOrGrantedImage, null),
        ("PUT", "/datastore/image", Access.Annotator, "image.add"),
        ("DELETE", "/datastore/image", Access.Admin, "image.remove"),
        ("GET", "/datastore/image/info", Access.Read, null),
        ("PUT", "/datastore/image/info", Access.Annotator, "image.info"),
        ("GET HEAD", "/datastore/label", Access.Read, null),
        ("PUT", "/datastore/label", Access.Annotator, "label.save"),
        ("DELETE", "/datastore/label", Access.Admin, "label.remove"),
        ("GET", "/datastore/label/info", Access.Read, null),
        ("PUT", "/datastore/label/info", Access.Annotator, "label.info"),
        ("PUT", "/datastore/updatelabelinfo", Access.Annotator, "label.info"),
        ("GET", "/datastore/label/versions", Access.Read, null),
        ("GET", "/datastore/label/version", Access.Read, null),
        ("POST", "/datastore/label/versions/restore", Access.Annotator, "label.restore"),
        ("GET", "/datastore/label/compare", Access.Read, null),
        ("GET", "/datastore/dataset", Access.Annotator, null),
        ("PUT", "/session", Access.User, null),
        ("GET", "/session/{session_id}", Access.User, null),
        ("DELETE", "/session/{session_id}", Access.User, null),
        ("GET", "/model/{model}", Access.Admin, null),
        ("GET", "/model/info/{model}", Access.Admin, null),
        ("PUT", "/model/{model}", Access.Annotator, "model.replace"),
        ("DELETE", "/model/{model}", Access.Annotator, "model.remove"),
        ("GET", "/ohif/{**path}", Access.User, null),
        ("GET POST", "/proxy/dicom/{**path}", Access.User, null),
    ];

    private static readonly Dictionary<string, (Access Access, string? AuditAs)> ByMethodAndPath = Rows
        .SelectMany(r => r.Methods.Split(' ').Select(m => KeyValuePair.Create($"{m} {r.Path}", (r.Access, r.AuditAs))))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives each endpoint of a group its policy.</summary>
    /// <param name="group">The group.</param>
    /// <param name="prefix">The prefix of its paths, which the table leaves out.</param>
    public static void ApplyTo(RouteGroupBuilder group, string prefix) => ((IEndpointConventionBuilder)group).Finally(endpoint => Apply((RouteEndpointBuilder)endpoint, prefix));

    private static void Apply(RouteEndpointBuilder endpoint, string prefix)
    {
        if (endpoint.Metadata.Any(m => m is IAuthorizeData or IAllowAnonymous))
            return;
        var path = "/" + (endpoint.RoutePattern.RawText ?? string.Empty).Trim('/');
        if (prefix.Length > 0 && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            path = "/" + path[prefix.Length..].Trim('/');
        var methods = endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
        var rows = methods.Select(m => ByMethodAndPath.TryGetValue($"{m} {path}", out var row) ? ((Access Access, string? AuditAs)?)row : null).Distinct().ToList();

        // The script of the page at /docs comes with routes of its own below it.
        if (path.StartsWith("/docs/", StringComparison.Ordinal))
            AccessPolicies.AddTo(endpoint, Access.Anyone, null);
        else if (rows is [{ } only])
            AccessPolicies.AddTo(endpoint, only.Access, only.AuditAs);
    }
}
