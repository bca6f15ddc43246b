using System.Net;

namespace LabelServer.Auth;

/// <summary>The address that a request comes from.</summary>
internal static class ClientAddress
{
    /// <summary>The address, with IPv4 in IPv6 form written as IPv4, so that one client has one address; null when the transport has none.</summary>
    public static IPAddress? Of(HttpContext context) => context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
