using System.CommandLine;
using System.Globalization;
using LabelServer.Bundles;
using LabelServer.Bundles.Metadata;
using LabelServer.Models;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models download NAME…</c>: fetches the weights that a bundle's <c>large_files.yml</c> names.</summary>
internal static class ModelsDownloadCommand
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var names = new Argument<string[]>("NAME") { Description = "The bundles.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("download", "Fetches the weights of bundles. What is there already is only checked; what was interrupted goes on.") { names };
        catalog.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(catalog.Open(result), result.GetValue(names)!, result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ModelCatalog catalog, string[] names, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (ModelSelection.Select(catalog, names, console.Error) is not { } models)
            return 1;

        // The default handler follows the system's proxy and HTTP_PROXY, HTTPS_PROXY, NO_PROXY.
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AutomaticDecompression = System.Net.DecompressionMethods.None };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("labelserver");
        var downloader = new ModelDownloader(client);
        var faults = 0;
        foreach (var model in models)
        {
            try
            {
                faults += await FetchAllAsync(downloader, model.Folder, Bundle.Open(model.Folder), console, cancellationToken);
            }
            catch (BundleException error)
            {
                faults++;
                await console.Error.WriteLineAsync(error.Message);
            }
        }

        return faults == 0 ? 0 : 1;
    }

    private static async Task<int> FetchAllAsync(ModelDownloader downloader, string folder, Bundle bundle, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (bundle.LargeFiles.Count == 0)
            await console.Output.WriteLineAsync($"{bundle.Name}: its weights are part of the bundle; large_files.yml names none to fetch.");
        var faults = 0;
        foreach (var file in bundle.LargeFiles)
        {
            try
            {
                var outcome = await downloader.FetchAsync(folder, file, Shower(console.Error, file), cancellationToken);
                await console.Output.WriteLineAsync($"{bundle.Name}/{file.Path}: {(outcome == DownloadOutcome.Fetched ? "fetched" : "already there")}{(file.HashValue is null ? "; no checksum is published" : ", checksum good")}");
            }
            catch (Exception error) when (error is ModelDownloadException or IOException or UnauthorizedAccessException)
            {
                faults++;
                await console.Error.WriteLineAsync(error.Message);
            }
        }

        return faults;
    }

    private static Action<long, long?> Shower(TextWriter output, LargeFile file)
    {
        var isTerminal = !Console.IsErrorRedirected;
        var last = -1L;
        return (done, total) =>
        {
            // A new line on screen for each megabyte; none without a terminal.
            if (!isTerminal || (done >> 20) == last)
                return;
            last = done >> 20;
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{file.Path}: {last} MiB{(total is { } all ? $" of {all >> 20} MiB" : string.Empty)} "));
            if (done == total)
                output.WriteLine();
        };
    }
}
