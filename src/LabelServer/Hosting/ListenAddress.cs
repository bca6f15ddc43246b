using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LabelServer.Hosting;

/// <summary>Makes Kestrel listen where the options say.</summary>
internal static class ListenAddress
{
    /// <summary>Adds the end point.</summary>
    /// <exception cref="SocketException">The host name is not known.</exception>
    public static void Add(KestrelServerOptions kestrel, ServerOptions options)
    {
        var address = Resolve(options.Host);
        if (options.CertificateFile is null)
        {
            kestrel.Listen(address, options.Port);
            return;
        }

        using var pem = ServerOptionsBuilder.LoadCertificate(options);

        // Windows cannot use a key that lives in memory only; a round trip through PKCS#12 gives it one that it can.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        kestrel.Listen(address, options.Port, listen => listen.UseHttps(certificate));
    }

    private static IPAddress Resolve(string host) => host switch
    {
        "*" => IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(host.Trim('[', ']'), out var address) => address,
        _ => Dns.GetHostAddresses(host, AddressFamily.InterNetwork) is [var first, ..] ? first : throw new SocketException((int)SocketError.HostNotFound),
    };
}
