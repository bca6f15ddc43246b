using LabelServer.Auth;

namespace LabelServer.Audit;

/// <summary>Records each use of an endpoint that is marked with <see cref="AuditedAction"/>, and whatever else begins an <see cref="AuditTrail"/>: refused ones too, with who asked and from where.</summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditLog log, AuthState state, TimeProvider time)
{
    /// <summary>Runs the request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var trail = AuditTrail.Of(context);
        if (context.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>() is { } action)
            trail.Begin(action.Name);

        // At the start of the answer, so that the line is on the disk before the client reads that its change was made; errors that are described further out are covered as well.
        // At the end for clients that left without an answer: what they sent may have been stored.
        var recorded = false;
        context.Response.OnStarting(RecordAsync);
        context.Response.OnCompleted(RecordAsync);
        return next(context);

        async Task RecordAsync()
        {
            if (recorded || trail.Action is null)
                return;
            recorded = true;
            await log.AppendAsync(AuditEntry.Of(context, trail, time.GetUtcNow(), state.IsEnabled));
        }
    }
}
