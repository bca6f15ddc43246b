using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LabelServer.Http;
using Microsoft.AspNetCore.SignalR;

namespace LabelServer.Live;

/// <summary>Sends messages to all clients of the hub, in order, without making their sender wait: when clients are too slow, the oldest messages that were not sent yet are dropped.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class LiveFeed(IHubContext<LiveHub> hub) : BackgroundService
{
    private const int Waiting = 256;

    private readonly ConcurrentDictionary<string, JsonElement> _last = new(StringComparer.Ordinal);
    private readonly Channel<(string Method, JsonElement Message)> _messages =
        Channel.CreateBounded<(string, JsonElement)>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The last message of each kind that is kept for clients who come later.</summary>
    public IReadOnlyCollection<KeyValuePair<string, JsonElement>> Last => [.. _last];

    /// <summary>Sends a message.</summary>
    /// <param name="method">Its kind, as clients listen for it.</param>
    /// <param name="message">Its content; finite numbers only.</param>
    /// <param name="keep">Whether clients who come later get it too, until the next of its kind.</param>
    public void Send(string method, JsonObject message, bool keep)
    {
        var element = JsonSerializer.SerializeToElement(message, RecordJson.Default.JsonObject);
        if (keep)
            _last[method] = element;
        _messages.Writer.TryWrite((method, element));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (method, message) in _messages.Reader.ReadAllAsync(stoppingToken))
                await hub.Clients.All.SendAsync(method, message, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends, and its clients notice.
        }
    }
}
