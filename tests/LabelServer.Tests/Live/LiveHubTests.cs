using System.Text.Json.Nodes;
using System.Threading.Channels;
using LabelServer.Tests.Training;
using Microsoft.AspNetCore.SignalR.Client;

namespace LabelServer.Tests.Live;

public sealed class LiveHubTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Training_IsToldWithStateAndNumbers()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        await using var hub = await ConnectAsync(server);
        var (jobs, training) = (Listen(hub, "job"), Listen(hub, "training"));
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}", """{"max_epochs":1}""");

        Assert.Equal(["SUBMITTED", "RUNNING"], [await NextAsync(jobs, "status"), await NextAsync(jobs, "status")]);
        var ended = await UntilAsync(training, "ended");
        Assert.Equal(0.75, (double)ended["best_dice"]!);
        Assert.Equal(0.8, (double)ended["dice"]!["posterior"]!);
        Assert.Equal((1, 1), ((int)ended["epoch"]!, (int)ended["epochs"]!));
        Assert.Equal(0.01, (double)ended["learning_rate"]!);
        Assert.Null(ended["seconds_left"]);
        while (await NextAsync(jobs, "status") != "DONE")
        {
        }
    }

    [Fact]
    public async Task AClientThatComesLater_GetsTheStandingAtOnce()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.LabelAsync("scan", [1], "Anterior");
        await server.SendAsync(HttpMethod.Post, $"/train/{TrainingServer.Model}?run_sync=true", """{"max_epochs":1}""");
        await using var hub = Build(server);
        var training = Listen(hub, "training");
        await hub.StartAsync(Token);
        Assert.Equal("ended", await NextAsync(training, "event"));
    }

    private static HubConnection Build(TrainingServer server) => new HubConnectionBuilder().WithUrl(new Uri(server.Client.BaseAddress!, "live")).Build();

    private static async Task<HubConnection> ConnectAsync(TrainingServer server)
    {
        var hub = Build(server);
        await hub.StartAsync(Token);
        return hub;
    }

    private static ChannelReader<JsonObject> Listen(HubConnection hub, string method)
    {
        var messages = Channel.CreateUnbounded<JsonObject>();
        hub.On<JsonObject>(method, message => messages.Writer.TryWrite(message));
        return messages.Reader;
    }

    private static async Task<string> NextAsync(ChannelReader<JsonObject> messages, string key) => (string)(await messages.ReadAsync(Token))[key]!;

    private static async Task<JsonObject> UntilAsync(ChannelReader<JsonObject> messages, string what)
    {
        while (true)
        {
            var message = await messages.ReadAsync(Token);
            if ((string)message["event"]! == what)
                return message;
        }
    }
}
