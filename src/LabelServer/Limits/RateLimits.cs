using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using LabelServer.Auth;
using LabelServer.Hosting;
using LabelServer.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace LabelServer.Limits;

/// <summary>Limits how often one user asks, and how often one address tries to log in. Beyond it: 429 with <c>Retry-After</c> and a <c>detail</c>.</summary>
internal static class RateLimits
{
    /// <summary>The policy of the log-in.</summary>
    public const string LogInPolicy = "log-in";

    /// <summary>Adds the limits.</summary>
    /// <exception cref="ServerOptionsException">A setting is wrong; lists all of them.</exception>
    public static void AddLimits(this IServiceCollection services, ServerOptions options)
    {
        var settings = LimitSettings.From(options);
        services.AddSingleton(settings);
        services.AddSingleton<UploadAllowance>();
        services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Requests(context, settings));
            limiter.AddPolicy(LogInPolicy, context => LogIns(context, settings));
            limiter.OnRejected = RefuseAsync;
        });
    }

    // A third of a minute's requests may come at once: opening a large study list is a burst, not a flood.
    private static RateLimitPartition<string> Requests(HttpContext context, LimitSettings settings)
    {
        var isAsked = context.RequestServices.GetRequiredService<AuthState>().IsEnabled || settings.IsRateSet;
        if (settings.RequestsPerMinute == 0 || !isAsked)
            return RateLimitPartition.GetNoLimiter("none");
        return RateLimitPartition.GetTokenBucketLimiter(UserKey.Of(context), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(1, settings.RequestsPerMinute / 3),
            TokensPerPeriod = Math.Max(1, settings.RequestsPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60.0 / settings.RequestsPerMinute)),
            QueueLimit = 0,
        });
    }

    private static RateLimitPartition<string> LogIns(HttpContext context, LimitSettings settings) => settings.LogInsPerMinute == 0
        ? RateLimitPartition.GetNoLimiter("none")
        : RateLimitPartition.GetFixedWindowLimiter(
            ClientAddress.Of(context)?.ToString() ?? string.Empty,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.LogInsPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) && time > TimeSpan.Zero ? time : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        await RequestBody.DrainAsync(context, RequestBody.StrangerLimit);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await new JsonAnswer(
            new JsonObject { ["detail"] = $"Too many requests: this is more than one user may send (LABELSERVER_RATE_LIMIT, LABELSERVER_LOGIN_LIMIT). Try again in {seconds} s." },
            StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}
