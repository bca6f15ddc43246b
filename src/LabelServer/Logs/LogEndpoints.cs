using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Logs;

/// <summary><c>GET /logs/</c> and <c>GET /logs/gpu</c> (protocol 4.2).</summary>
internal static class LogEndpoints
{
    private const string PlainText = "text/plain; charset=utf-8";
    private static readonly TimeSpan GpuTime = TimeSpan.FromSeconds(15);

    /// <summary>Adds the endpoints.</summary>
    public static void MapLogs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/logs/", LogAsync).Describe(new("Server", "The end of the log")
        {
            Query =
            [
                new("lines", QueryKind.Integer, "How many lines; 0 or less for the whole file") { Default = "300" },
                new("html", QueryKind.Boolean, "As a page") { Default = "true" },
                new("text", QueryKind.Boolean, "As plain text whatever html says") { Default = "false" },
                new("refresh", QueryKind.Integer, "Seconds after which the page asks again; 0 for never") { Default = "0" },
            ],
            Answers = ["text/html", "text/plain"],
        });
        routes.MapGet("/logs/gpu", GpuAsync).Describe(new("Server", "What nvidia-smi says") { Answers = ["text/plain"] });
    }

    private static async Task<IResult> LogAsync(HttpRequest request, LogLocation location, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        var lines = query.Integer("lines", 300);
        var html = query.Boolean("html", true);
        var text = query.Boolean("text", false);
        var refresh = query.Integer("refresh", 0);
        query.Validate();

        if (location.Path is null || !File.Exists(location.Path))
            throw new ResourceNotFoundException("Log File app.log NOT Found: the server writes its log to the console only.");
        if (lines <= 0)
            return new FileAnswer(location.Path, contentType: PlainText);
        var tail = await LogTail.ReadAsync(location.Path, lines, cancellationToken);
        return html && !text ? Results.Content(Page(tail, lines, refresh), "text/html; charset=utf-8") : Results.Content(tail, PlainText);
    }

    private static string Page(string tail, long lines, long refresh)
    {
        var reload = refresh == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $$"""
            <script>
              const log = document.getElementById("log");
              const show = () => window.scrollTo(0, document.body.scrollHeight);
              show();
              setInterval(async () => {
                const answer = await fetch("?text=true&lines={{lines}}");
                if (answer.ok) { log.textContent = await answer.text(); show(); }
              }, {{Math.Clamp(refresh, 3, 3600) * 1000}});
            </script>
            """);
        return $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>LabelServer log</title>
            <style>body { background: #111; color: #ddd; } pre { font: 13px/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }</style></head>
            <body><pre id="log">{{WebUtility.HtmlEncode(tail)}}</pre>
            {{reload}}
            </body>
            </html>
            """;
    }

    private static async Task<IResult> GpuAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(GpuTime);
        using var process = new Process { StartInfo = new ProcessStartInfo("nvidia-smi") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new ResourceNotFoundException("The program nvidia-smi is not on this server: it has no NVIDIA GPU, or no driver for one. Models run on the CPU.");
        }

        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return Results.Content(output.Length > 0 ? output : await errors, PlainText, Encoding.UTF8);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new ConflictException($"nvidia-smi did not answer within {GpuTime.TotalSeconds} s; the driver may hang.");
        }
    }
}
