using LabelServer.Models;

namespace LabelServer.Hosting;

/// <summary>Does on a second core, while the studies are opened and the address is bound, what the first request would wait for otherwise: reads the bundles and runs the way of a request once.</summary>
/// <remarks>Nothing depends on it: what fails here fails again for the request that needs it, which then tells its client.</remarks>
internal static class WarmUp
{
    /// <summary>Starts it.</summary>
    /// <param name="app">A server that is built and not started yet.</param>
    /// <param name="options">Its options.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>Ends when it is done; never fails. Await it before the server is disposed.</returns>
    public static async Task RunAsync(WebApplication app, ServerOptions options, CancellationToken cancellationToken)
    {
        // The pipeline is put together here, before the server starts to do the same.
        var pipeline = ((IApplicationBuilder)app).Build();
        await Task.Run(() => RequestAsync(app.Services, pipeline, options, cancellationToken), CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task RequestAsync(IServiceProvider services, RequestDelegate pipeline, ServerOptions options, CancellationToken cancellationToken)
    {
        _ = services.GetRequiredService<ModelCatalog>().Models;
        if (options.AccessLog)
        {
            // Nobody sent that request, so it does not belong into the log.
            return;
        }

        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("127.0.0.1", options.Port);
        context.Request.Path = options.ApiPrefix + "/info/";
        await pipeline(context);
    }
}
