using LabelServer.Hosting;

namespace LabelServer.Limits;

/// <summary>How much one user may ask for. Generous: no annotator meets these limits, a program that has gone wild does.</summary>
public sealed record LimitSettings
{
    /// <summary>Requests a minute and user (<c>LABELSERVER_RATE_LIMIT</c>); 0 for no limit. While there is no log-in it holds only when it was set.</summary>
    public int RequestsPerMinute { get; init; } = 6000;

    /// <summary>Whether the limit was set by hand.</summary>
    public bool IsRateSet { get; init; }

    /// <summary>Log-ins a minute and address (<c>LABELSERVER_LOGIN_LIMIT</c>); 0 for no limit.</summary>
    public int LogInsPerMinute { get; init; } = 60;

    /// <summary>The largest body of one request, in bytes (<c>LABELSERVER_MAX_UPLOAD_MB</c>); null for no limit.</summary>
    public long? LargestBody { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>How many bytes one user may upload in an hour (<c>LABELSERVER_UPLOAD_MB_PER_HOUR</c>); null for no limit. While there is no log-in it holds only when it was set.</summary>
    public long? UploadPerHour { get; init; } = 512L * 1024 * 1024 * 1024;

    /// <summary>Whether <see cref="UploadPerHour"/> was set by hand.</summary>
    public bool IsUploadSet { get; init; }

    /// <summary>The settings of a server.</summary>
    /// <exception cref="ServerOptionsException">A value is wrong; lists all of them.</exception>
    public static LimitSettings From(ServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var faults = new List<string>();
        var environment = server.Environment;
        var defaults = new LimitSettings();
        var settings = new LimitSettings
        {
            RequestsPerMinute = Count(environment, "LABELSERVER_RATE_LIMIT", defaults.RequestsPerMinute, faults),
            IsRateSet = environment.Text("LABELSERVER_RATE_LIMIT") is not null,
            LogInsPerMinute = Count(environment, "LABELSERVER_LOGIN_LIMIT", defaults.LogInsPerMinute, faults),
            LargestBody = Megabytes(environment, "LABELSERVER_MAX_UPLOAD_MB", defaults.LargestBody, faults),
            UploadPerHour = Megabytes(environment, "LABELSERVER_UPLOAD_MB_PER_HOUR", defaults.UploadPerHour, faults),
            IsUploadSet = environment.Text("LABELSERVER_UPLOAD_MB_PER_HOUR") is not null,
        };
        return faults.Count == 0 ? settings : throw new ServerOptionsException(faults);
    }

    private static int Count(EnvironmentSettings environment, string name, int defaultValue, List<string> faults)
    {
        var count = environment.Integer(name, defaultValue, faults);
        if (count < 0)
            faults.Add($"{name}={count}: give a number of at least 1, or 0 for no limit.");
        return count;
    }

    private static long? Megabytes(EnvironmentSettings environment, string name, long? defaultValue, List<string> faults)
    {
        if (environment.Text(name) is null)
            return defaultValue;
        var megabytes = Count(environment, name, 0, faults);
        return megabytes == 0 ? null : megabytes * 1024L * 1024;
    }
}
