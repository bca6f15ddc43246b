using System.Net;

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
        !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    /// <summary>The path or address of an image.</summary>
    public static string OfImage(HttpContext context, StudiesLayout? layout, ImageEntry image) => layout is not null && AreShown(context)
        ? layout.ImageFile(image)
        : $"{context.Request.PathBase}/datastore/image?image={Uri.EscapeDataString(image.Id)}";

    /// <summary>The path or address of a label.</summary>
    public static string OfLabel(HttpContext context, StudiesLayout? layout, ImageEntry image, LabelEntry label) => layout is not null && AreShown(context)
        ? layout.LabelFile(image, label)
        : $"{context.Request.PathBase}/datastore/label?label={Uri.EscapeDataString(image.Id)}&tag={Uri.EscapeDataString(label.Tag)}";
}
