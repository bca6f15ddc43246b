using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LabelServer.Tests.Protocol;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record WireAnswer(int Status, ILookup<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers[name.ToUpperInvariant()].FirstOrDefault();
}

/// <summary>Sends bytes on a connection of its own and reads the answer, as Python's <c>http.client</c> does: nothing is normalised, decoded or followed.</summary>
internal static class WireClient
{
    public static async Task<WireAnswer> SendAsync(Uri server, byte[] request, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(request, cancellationToken);
        return await ReadAsync(stream, hasBody: !request.AsSpan().StartsWith("HEAD "u8), cancellationToken);
    }

    public static async Task<WireAnswer> ReadAsync(Stream stream, bool hasBody, CancellationToken cancellationToken)
    {
        var lines = (await ReadUntilAsync(stream, "\r\n\r\n", cancellationToken)).Split("\r\n");
        var headers = lines.Skip(1).Where(l => l.Length > 0).Select(l => l.Split(':', 2)).ToLookup(h => h[0].ToUpperInvariant(), h => h[1].Trim());
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        byte[] body = [];
        if (hasBody && headers["TRANSFER-ENCODING"].Contains("chunked"))
            body = await ReadChunksAsync(stream, cancellationToken);
        else if (hasBody && headers["CONTENT-LENGTH"].FirstOrDefault() is { } length)
            body = await ReadExactlyAsync(stream, int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
        return new WireAnswer(status, headers, body);
    }

    private static async Task<byte[]> ReadChunksAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var length = int.Parse((await ReadUntilAsync(stream, "\r\n", cancellationToken)).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Write(await ReadExactlyAsync(stream, length, cancellationToken));
            await ReadExactlyAsync(stream, 2, cancellationToken);
            if (length == 0)
                return body.ToArray();
        }
    }

    private static async Task<byte[]> ReadExactlyAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static async Task<string> ReadUntilAsync(Stream stream, string end, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var single = new byte[1];
        while (text.Length < end.Length || text.ToString(text.Length - end.Length, end.Length) != end)
        {
            await stream.ReadExactlyAsync(single, cancellationToken);
            text.Append((char)single[0]);
        }

        return text.ToString();
    }
}
