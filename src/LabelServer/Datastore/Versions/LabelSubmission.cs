using System.Text.Json.Nodes;
using LabelServer.ActiveLearning.Leases;
using LabelServer.Annotators;
using LabelServer.Datastore.Names;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.State;
using Microsoft.Net.Http.Headers;

namespace LabelServer.Datastore.Versions;

/// <summary>Takes in a label that an annotator submits: finds out which version the annotator knew, saves, gives the reserved image back, and answers.</summary>
/// <remarks>A label is never refused because the state database does not work: what is known about versions and reservations is then missing, and the log says so.</remarks>
internal sealed partial class LabelSubmission(LocalDatastore store, GivenVersions given, ILeaseStore leases, TimeProvider time, ILogger<LabelSubmission> logger)
{
    /// <summary>Saves a label.</summary>
    /// <param name="context">The request; <c>parent</c> in its query or <c>If-Match</c> names the version that the label was made from.</param>
    /// <param name="upload">The label.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DatastoreException">The label is not accepted.</exception>
    /// <exception cref="BadRequestException"><c>parent</c> or <c>If-Match</c> names no version.</exception>
    public async Task<IResult> SaveAsync(HttpContext context, LabelUpload upload, CancellationToken cancellationToken)
    {
        var annotator = Annotator.Of(context, upload.Info.GetText("client_id"));
        var known = Stated(context.Request) ?? Try(() => given.Find(upload.ImageId, upload.Tag, annotator));
        var label = await store.SaveLabelAsync(upload with { By = annotator.Name, IsSubmit = true, Known = known }, cancellationToken);
        var stamp = LabelStamp.Of(label);
        Try(() =>
        {
            given.Note(upload.ImageId, upload.Tag, annotator, stamp.Id, time.GetUtcNow());
            return true;
        });
        if (upload.Tag == LabelTags.Final)
        {
            await TryAsync(() => leases.ReleaseAsync(upload.ImageId, annotator, cancellationToken));
        }

        context.Response.Headers.ETag = $"\"{stamp.Id}\"";
        var answer = new JsonObject { ["image"] = upload.ImageId, ["label"] = upload.ImageId };
        if (stamp.ConflictWith is not null)
        {
            answer["conflict"] = Explain(upload, stamp);
        }

        return new JsonAnswer(answer);
    }

    private static KnownVersion? Stated(HttpRequest request)
    {
        if (request.Query.TryGetValue("parent", out var parent))
        {
            return Version(parent.ToString(), "parent");
        }

        var match = request.GetTypedHeaders().IfMatch;
        return match.Count == 0 ? null : match[0].Equals(EntityTagHeaderValue.Any) ? KnownVersion.Any : Version(match[0].Tag.ToString().Trim('"'), "If-Match");
    }

    private static KnownVersion Version(string text, string what) => text.Length == 0 ? new KnownVersion(null) : LabelStamp.IsId(text) ? new KnownVersion(text) : throw new BadRequestException(
        $"{what} must be the id of a version of the label, such as 20260131T101500123Z; '{ImageIds.Printable(text)}' is none. GET /datastore/label/versions lists them.");

    private string Explain(LabelUpload upload, LabelStamp stamp)
    {
        var current = store.FindImage(upload.ImageId)?.FindLabel(upload.Tag) is { } label ? LabelStamp.Of(label) : null;
        var where = $"GET /datastore/label/versions?label={Uri.EscapeDataString(upload.ImageId)}&tag={upload.Tag}";
        return current is null || current.Id == stamp.Id
            ? $"Your label is saved as version {stamp.Id}. It takes the place of version {stamp.ConflictWith}, which you may not have seen; that one is kept: {where}."
            : $"Your label is saved as version {stamp.Id}, but beside the newest one: version {current.Id} by {current.By ?? "somebody"} came while you were working. {where} lists both; POST /datastore/label/versions/restore makes yours the newest.";
    }

    private T? Try<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (StateException error)
        {
            LogStateFailed(error.Message);
            return default;
        }
    }

    private async Task TryAsync(Func<Task> use)
    {
        try
        {
            await use();
        }
        catch (StateException error)
        {
            LogStateFailed(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A label was taken in without the state database, so that nothing is known about who knew which version: {Reason}")]
    private partial void LogStateFailed(string reason);
}
