using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.AspNetCore.Routing.Patterns;

namespace LabelServer.Http;

/// <summary>Takes a path only as it is written in its route: <c>/INFO/</c> is another path than <c>/info/</c>, and unknown (404), as in the original. Routing by itself takes no notice of upper and lower case.</summary>
/// <remarks>No client writes a path in capitals. A proxy in front of the server guards paths by their letters, and a second spelling would go past it.</remarks>
internal sealed class ExactPaths : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <inheritdoc/>
    public override int Order => 0;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    /// <inheritdoc/>
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        ArgumentNullException.ThrowIfNull(candidates);
        for (var index = 0; index < candidates.Count; index++)
        {
            if (candidates.IsValidCandidate(index) && candidates[index].Endpoint is RouteEndpoint endpoint && !Fits(endpoint.RoutePattern, httpContext.Request.Path.Value.AsSpan()))
                candidates.SetValidity(index, false);
        }

        return Task.CompletedTask;
    }

    // Routing has found that the segments belong together; only their letters are left to be compared.
    private static bool Fits(RoutePattern pattern, ReadOnlySpan<char> path)
    {
        foreach (var segment in pattern.PathSegments)
        {
            path = path.TrimStart('/');
            var end = path.IndexOf('/');
            var given = end < 0 ? path : path[..end];
            if (segment is { IsSimple: true, Parts: [RoutePatternLiteralPart literal] } && !given.SequenceEqual(literal.Content))
                return false;
            path = path[given.Length..];
        }

        return true;
    }
}
