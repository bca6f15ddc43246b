using Microsoft.AspNetCore.SignalR;

namespace LabelServer.Live;

/// <summary>The SignalR hub at <c>/live</c>: clients only listen. A client that comes later gets the last message of each kind at once.</summary>
internal sealed class LiveHub(LiveFeed feed) : Hub
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync()
    {
        foreach (var (method, message) in feed.Last)
            await Clients.Caller.SendAsync(method, message, Context.ConnectionAborted);
        await base.OnConnectedAsync();
    }
}
