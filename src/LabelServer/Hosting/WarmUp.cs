using LabelServer.Datastore;
using LabelServer.Models;

namespace LabelServer.Hosting;

/// <summary>Does on other cores, while the server is put together and bound to its address, what the first request would wait for otherwise: opens the studies, reads the bundles and runs the way of a request once.</summary>
/// <remarks>Nothing depends on it: what fails here fails again where it is needed, which then tells its client or ends the program.</remarks>
/// <param name="options">The server's options.</param>
/// <param name="cancellationToken">Stops the request.</param>
internal sealed class WarmUp(ServerOptions options, CancellationToken cancellationToken)
{
    private Task _models = Task.CompletedTask;
    private Task _studies = Task.CompletedTask;
    private Task _request = Task.CompletedTask;

    /// <summary>Ends when all of it is done; never fails. Await it before the server is disposed.</summary>
    public Task Done => Quietly(Task.WhenAll(_models, _studies, _request));

    /// <summary>Begins to read the bundles and to open the studies, each on its own thread: they take the longest, and need nothing of what is put together next.</summary>
    public void Read(IServiceProvider services)
    {
        _models = Task.Run(() => services.GetRequiredService<ModelCatalog>().Models, CancellationToken.None);
        _studies = Task.Run(services.GetRequiredService<LocalDatastore>, CancellationToken.None);
    }

    /// <summary>Begins with the request.</summary>
    /// <param name="app">A server that is built and not started yet.</param>
    public void Request(WebApplication app)
    {
        // The pipeline is put together here, before the server starts to do the same.
        var pipeline = ((IApplicationBuilder)app).Build();

        // Nobody sent that request, so it does not belong into a log of requests.
        if (!options.AccessLog)
            _request = Task.Run(() => RequestAsync(app.Services, pipeline), CancellationToken.None);
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RequestAsync(IServiceProvider services, RequestDelegate pipeline)
    {
        // A request that had to wait for them would keep a thread from the start. Where they fail it would only log a fault that the start itself tells.
        await Task.WhenAll(_models, _studies);
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("127.0.0.1", options.Port);
        context.Request.Path = options.ApiPrefix + "/info/";
        await pipeline(context);
    }
}
