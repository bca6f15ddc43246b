using System.Net;
using LabelServer.Hosting;
using Microsoft.AspNetCore.HttpOverrides;

namespace LabelServer.Auth;

/// <summary>The proxies whose <c>X-Forwarded-*</c> headers are believed (<c>LABELSERVER_TRUSTED_PROXIES</c>: addresses and networks). Nobody else's are.</summary>
public sealed class TrustedProxies
{
    private readonly List<System.Net.IPNetwork> _networks = [];

    private TrustedProxies()
    {
    }

    /// <summary>Whether there is any.</summary>
    public bool Any => _networks.Count > 0;

    /// <summary>The proxies of a server.</summary>
    /// <exception cref="ServerOptionsException">A value is no address and no network.</exception>
    public static TrustedProxies From(ServerOptions server)
    {
        var faults = new List<string>();
        var proxies = new TrustedProxies();
        foreach (var text in server.Environment.List("LABELSERVER_TRUSTED_PROXIES", faults))
        {
            if (IPAddress.TryParse(text, out var address))
                proxies._networks.Add(new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (System.Net.IPNetwork.TryParse(text, out var network))
                proxies._networks.Add(network);
            else
                faults.Add($"LABELSERVER_TRUSTED_PROXIES: '{text}' is neither an address such as 127.0.0.1 nor a network such as 10.1.0.0/16.");
        }

        return faults.Count == 0 ? proxies : throw new ServerOptionsException(faults);
    }

    /// <summary>Whether a proxy that is not trusted stands between the client and this server, so that nobody knows who asks.</summary>
    public bool HidesClient(HttpContext context) => !Any && (context.Request.Headers.ContainsKey("X-Forwarded-For") || context.Request.Headers.ContainsKey("Forwarded"));

    /// <summary>What the framework's middleware needs: address, scheme, host and path prefix are taken over, from these proxies only.</summary>
    internal ForwardedHeadersOptions ToOptions()
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix,

            // A chain of proxies is followed as far as each of them is trusted.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in _networks)
            options.KnownIPNetworks.Add(network);
        return options;
    }
}
