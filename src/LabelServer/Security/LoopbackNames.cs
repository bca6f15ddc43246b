using System.Net;

namespace LabelServer.Security;

/// <summary>Which host names mean this machine and nothing else.</summary>
internal static class LoopbackNames
{
    /// <summary>True for <c>localhost</c>, names below it, <c>127.0.0.0/8</c> and <c>::1</c>; brackets around an IPv6 address are allowed.</summary>
    public static bool Contains(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
    }
}
