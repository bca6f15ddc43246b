using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LabelServer.EndToEnd.Clients;

/// <summary>A client on a bare socket that sees each byte, as the Slicer plug-in's client does.</summary>
internal static class RawClient
{
    /// <summary>Sends bytes on a connection of its own; returns the head and as many bytes of body as it announces.</summary>
    public static async Task<(string Head, byte[] Body)> SendAsync(Uri server, string head, byte[]? body = null)
    {
        using var client = await ConnectAsync(server);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), TestContext.Current.CancellationToken);
        if (body is not null)
            await stream.WriteAsync(body, TestContext.Current.CancellationToken);
        return await ReadAsync(stream);
    }

    public static async Task<TcpClient> ConnectAsync(Uri server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<(string Head, byte[] Body)> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var single = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(single, TestContext.Current.CancellationToken);
            head.Append((char)single[0]);
        }

        var length = int.Parse(head.ToString().Split("Content-Length: ")[1].Split("\r\n")[0], CultureInfo.InvariantCulture);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        return (head.ToString(), body);
    }
}
