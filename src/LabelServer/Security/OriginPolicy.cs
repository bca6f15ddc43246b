namespace LabelServer.Security;

/// <summary>Decides from <c>Origin</c> and <c>Host</c> whether a request may be served at all.</summary>
/// <remarks>
/// <para>A browser that visits a foreign page may be made to send requests to this server; then <c>Origin</c> names that page. It is taken only if it is the server's own page, or listed in
/// <c>MONAI_LABEL_CORS_ORIGINS</c>. A page whose name was made to point to this machine (DNS rebinding) has no foreign origin, but a foreign <c>Host</c>: while the server listens on loopback, or when
/// <c>--allowed-hosts</c> is given, <c>Host</c> has to be a loopback name or a listed one. Slicer and scripts send no <c>Origin</c> and notice nothing.</para>
/// <para>Immutable; safe to share between threads.</para>
/// </remarks>
public sealed class OriginPolicy
{
    private const string Any = "*";
    private readonly HashSet<string> _origins;
    private readonly HashSet<string> _hosts;
    private readonly bool _checkHost;

    /// <summary>Creates the policy.</summary>
    /// <param name="corsOrigins">Origins such as <c>https://viewer.example:3000</c>, with or without a slash at the end; <c>*</c> for any.</param>
    /// <param name="allowedHosts">Host names besides those of loopback, without port; <c>*</c> for any.</param>
    /// <param name="listensOnLoopbackOnly">Whether only this machine can reach the server.</param>
    public OriginPolicy(IEnumerable<string> corsOrigins, IReadOnlyCollection<string> allowedHosts, bool listensOnLoopbackOnly)
    {
        _origins = corsOrigins.Select(o => o.Trim().TrimEnd('/')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _hosts = allowedHosts.Select(h => h.Trim().Trim('[', ']')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _checkHost = (listensOnLoopbackOnly || _hosts.Count > 0) && !_hosts.Contains(Any);
    }

    /// <summary>Whether pages of every origin may use the server.</summary>
    public bool AllowsAnyOrigin => _origins.Contains(Any);

    /// <summary>Why a request is refused, for the client to read; null when it may be served.</summary>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="host">The value of <c>Host</c>.</param>
    /// <param name="origin">The value of <c>Origin</c>, or null when it was not sent.</param>
    public string? Refusal(string scheme, HostString host, string? origin)
    {
        if (_checkHost && host.HasValue && !IsKnownHost(host.Host))
        {
            return $"Requests for the host '{host.Host}' are not taken: this server answers only under the names of this machine (127.0.0.1, localhost){(_hosts.Count > 0 ? " and those of --allowed-hosts" : string.Empty)}. "
                + $"If '{host.Host}' is this server's name, start it with --allowed-hosts {host.Host}.";
        }

        if (origin is not null && !IsAllowedOrigin(scheme, host, origin))
        {
            return $"Requests from web pages of '{origin}' are not taken. If that page is to use this server, start it with MONAI_LABEL_CORS_ORIGINS='[\"{origin}\"]'.";
        }

        return null;
    }

    private bool IsAllowedOrigin(string scheme, HostString host, string origin)
    {
        if (_origins.Contains(Any) || _origins.Contains(origin.TrimEnd('/')))
            return true;

        // The server's own page. Only under a name that cannot have been made up by somebody else's name server.
        return host.HasValue && origin.Equals($"{scheme}://{host.Value}", StringComparison.OrdinalIgnoreCase)
            && (IsKnownHost(host.Host) || System.Net.IPAddress.TryParse(host.Host.Trim('[', ']'), out _) || host.Host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsKnownHost(string host) => LoopbackNames.Contains(host) || _hosts.Contains(host.Trim('[', ']'));
}
