using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd;

/// <summary>One server that several tests share, because each start costs a second or two. Tests use images of their own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal ServerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerProcess.StartAsync(new TestFolder(), DemoModel.Arguments);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The tests that share <see cref="ServerFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<ServerFixture>
{
    public const string Name = "One server for several tests";
}
