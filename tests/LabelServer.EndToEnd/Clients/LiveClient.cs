using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;

namespace LabelServer.EndToEnd.Clients;

/// <summary>A small client of the live hub, as an example for one's own.</summary>
/// <remarks>
/// <para>The hub is a SignalR hub at <c>/live</c> (below <c>MONAI_LABEL_API_STR</c>, if that is set). Clients call nothing; they listen to two messages, each with one JSON object:</para>
/// <para><c>job</c>: a background job has changed. The object is the task of <c>GET /train/</c> with <c>kind</c> in front: <c>train</c>, <c>scoring</c> or <c>batch_infer</c>; <c>status</c> is the state.</para>
/// <para><c>training</c>: where the training stands. <c>event</c> says what has just happened: <c>submitted, started, batch, epoch, validation, published, notice, ended</c>. Always there: <c>job</c>, <c>model</c>, <c>epoch</c> (done) of
/// <c>epochs</c>, <c>batch</c> of <c>batches</c>, <c>loss</c>, <c>learning_rate</c>, <c>mean_dice</c>, <c>dice</c> (class name to Dice), <c>incumbent_dice</c>, <c>best_dice</c>, <c>best_epoch</c>, <c>published_epoch</c>,
/// <c>memory_bytes</c> (of the worker), <c>seconds</c>, <c>seconds_left</c>, <c>training_images</c>, <c>validation_images</c>; what is not known yet is null. Batches are told at most five times a second. Who connects later gets the
/// last one at once.</para>
/// <para>In a browser the same is <c>new signalR.HubConnectionBuilder().withUrl("/live").build().on("training", message => …)</c>.</para>
/// </remarks>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly Channel<JsonObject> _training = Channel.CreateUnbounded<JsonObject>();
    private readonly ConcurrentQueue<string> _events = new();

    private LiveClient(Uri server)
    {
        _hub = new HubConnectionBuilder().WithUrl(new Uri(server, "live")).Build();
        _hub.On<JsonObject>("training", message =>
        {
            _events.Enqueue((string)message["event"]!);
            _training.Writer.TryWrite(message);
        });

        // Who waits for a message then hears why none comes.
        _hub.Closed += error =>
        {
            _training.Writer.TryComplete(error ?? new IOException("The server closed the connection to the hub."));
            return Task.CompletedTask;
        };
    }

    /// <summary>The kinds of events so far, in order.</summary>
    public IReadOnlyCollection<string> Events => _events;

    public static async Task<LiveClient> ConnectAsync(Uri server)
    {
        var client = new LiveClient(server);
        await client._hub.StartAsync(TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Waits for a message that is as wanted; those before it are dropped.</summary>
    public async Task<JsonObject> UntilAsync(Func<JsonObject, bool> wanted)
    {
        while (true)
        {
            var message = await _training.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (wanted(message))
                return message;
        }
    }

    /// <summary>Waits until so many epochs are done.</summary>
    public Task<JsonObject> UntilEpochAsync(int epoch) => UntilAsync(m => (int)m["epoch"]! >= epoch);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
