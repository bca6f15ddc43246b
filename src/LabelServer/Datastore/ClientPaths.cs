using System.Net;
using LabelServer.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace LabelServer.Datastore;

/// <summary>What stands where MONAI Label answers with a path on its own disk.</summary>
/// <remarks>
/// Slicer's panel opens <c>path</c> directly when a file of that name exists on its own machine, which spares a local annotator the download. So a client on this machine gets the real path (it can read the
/// folder or it cannot; the path opens nothing), and every other one gets the address, relative to the server, where the bytes are: that names no folder of the server, and no file of that name exists on the client.
/// A request that came through a proxy counts as another machine's.
/// </remarks>
internal static class ClientPaths
{
    /// <summary>Whether the client runs on this machine.</summary>
    public static bool AreShown(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) &&
        !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded") &&

        // Where the proxy is trusted, its header has been taken over and renamed: 127.0.0.1 is then an address on the proxy's machine.
        !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName);

    /// <summary>The path or address of an image.</summary>
    public static string OfImage(HttpContext context, IDatastore store, string imageId) => Local(context, store, imageId, null)
        ?? ApiAddress.Of(context, $"/datastore/image?image={Uri.EscapeDataString(imageId)}");

    /// <summary>The path or address of a label.</summary>
    public static string OfLabel(HttpContext context, IDatastore store, string imageId, string tag) => Local(context, store, imageId, tag)
        ?? ApiAddress.Of(context, $"/datastore/label?label={Uri.EscapeDataString(imageId)}&tag={Uri.EscapeDataString(tag)}");

    private static string? Local(HttpContext context, IDatastore store, string imageId, string? tag) => AreShown(context) ? store.FindLocalPath(imageId, tag) : null;
}
