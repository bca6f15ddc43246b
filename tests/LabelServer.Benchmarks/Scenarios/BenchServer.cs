using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LabelServer.Testing;

namespace LabelServer.Benchmarks.Scenarios;

/// <summary>The real program in a process of its own, on a free port.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly Process _process;

    private BenchServer(Process process, Uri address, TimeSpan listening)
    {
        _process = process;
        Listening = listening;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromHours(1) };
    }

    /// <summary>Requests go here.</summary>
    public HttpClient Client { get; }

    /// <summary>The server's process.</summary>
    public int Id => _process.Id;

    /// <summary>From the start of the process until it said that it listens.</summary>
    public TimeSpan Listening { get; }

    /// <summary>Starts the server and waits until it says where it listens.</summary>
    public static async Task<BenchServer> StartAsync(ScenarioFolder folder, ScenarioOptions options, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var program = options.Text("server") is { } named ? Path.GetFullPath(named) : Path.Combine(SharedFolders.Repository, "src", "LabelServer", "bin", "Release", "net10.0", "labelserver.dll");
        var info = ProgramStart.Of(program, folder.Path);
        foreach (var argument in (string[])["start_server", "--app", Path.Combine(SharedFolders.Repository, "apps", "monaibundle"), "--studies", folder.Studies, "--port", "0", .. arguments])
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Stopwatch.StartNew();
        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, e) => Look(e.Data);
        process.ErrorDataReceived += (_, e) => Look(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new BenchServer(process, await listening.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken), watch.Elapsed);

        void Look(string? line)
        {
            if (line?.Split(" is listening on ") is [_, var rest])
                listening.TrySetResult(new Uri(rest.Split(' ')[0]));
        }
    }

    /// <summary>Sends an inference and reads the whole answer.</summary>
    /// <returns>The time until the last byte, and the latencies that the answer tells.</returns>
    public async Task<(TimeSpan Time, JsonObject Latencies)> InferAsync(string model, string image, JsonObject parameters, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent { { new StringContent(parameters.ToJsonString()), "params" } };
        var watch = Stopwatch.StartNew();
        using var answer = await Client.PostAsync(new Uri($"/infer/{model}?image={Uri.EscapeDataString(image)}&output=all", UriKind.Relative), form, cancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var time = watch.Elapsed;
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(bytes)}");
        return (time, Latencies(bytes));
    }

    /// <summary>Waits until the worker is ready: until an inference would not wait for it.</summary>
    public async Task<int> WaitForWorkerAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var info = await Client.GetFromJsonAsync<JsonObject>(new Uri("/info/", UriKind.Relative), cancellationToken);
            if (info is not null && ProcessMeter.Children(Id) is [var worker, ..])
                return worker;
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // The part "params" comes first; its JSON ends before the next boundary.
    private static JsonObject Latencies(byte[] body)
    {
        var head = System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 1 << 18));
        var from = head.IndexOf('{', StringComparison.Ordinal);
        var to = head.IndexOf("\r\n--", from, StringComparison.Ordinal);
        return JsonNode.Parse(head[from..to])!["latencies"]!.DeepClone().AsObject();
    }
}
