using LabelServer.ActiveLearning.Leases;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.State;

namespace LabelServer.Annotators;

/// <summary>Sees that somebody works on an image: prolongs the reservation, and notes which version of a label was handed out.</summary>
/// <remarks>Any request about an image counts, since Slicer sends none that only says "I am still here". It carries no client id with GET, so the address must do.</remarks>
internal sealed partial class AnnotatorActivityMiddleware(
    RequestDelegate next, ILeaseStore leases, LeaseSettings settings, GivenVersions given, TimeProvider time, ILogger<AnnotatorActivityMiddleware> logger)
{
    private static readonly string[] Areas = ["/infer/", "/datastore/image", "/datastore/label", "/datastore/updatelabelinfo", "/session/"];

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="datastore">The studies. Not asked for with the constructor: the pipeline is put together while they are opened.</param>
    public async Task InvokeAsync(HttpContext context, IDatastore datastore)
    {
        if (ImageOf(context) is { } image)
        {
            try
            {
                var (annotator, now) = (Annotator.Of(context), time.GetUtcNow());
                await leases.RenewAsync(image, annotator, now, now + settings.Duration, context.RequestAborted);
                NoteVersion(context, datastore, image, annotator, now);
            }
            catch (StateException error)
            {
                // Nobody is to be kept from an image because a reservation cannot be prolonged.
                LogFailed(image, error.Message);
            }
        }

        await next(context);
    }

    private static string? ImageOf(HttpContext context)
    {
        var path = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (path is null || HttpMethods.IsDelete(context.Request.Method) || !Areas.Any(a => path.Contains(a, StringComparison.Ordinal)))
            return null;
        var query = context.Request.Query;
        var id = query["image"].ToString();
        return id.Length > 0 ? id : query["label"].ToString() is { Length: > 0 } label ? label : null;
    }

    // Noted before the answer is made: a version that comes in between counts as not seen.
    private void NoteVersion(HttpContext context, IDatastore datastore, string image, Annotator annotator, DateTimeOffset now)
    {
        var tag = context.Request.Query["tag"].ToString();
        if (HttpMethods.IsGet(context.Request.Method) && tag.Length > 0 && datastore.FindImage(image)?.FindLabel(tag) is { } label)
            given.Note(image, tag, annotator, LabelStamp.Of(label).Id, now);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reservation of the image '{Id}' could not be prolonged: {Reason}")]
    private partial void LogFailed(string id, string reason);
}
