using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using LabelServer.EndToEnd.Clients;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Processes;

/// <summary>The real program in a process of its own, with a studies folder of its own, on a free port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;
    private readonly TestFolder _folder;

    private ServerProcess(Process process, ConcurrentQueue<string> output, TestFolder folder, Uri address)
    {
        _process = process;
        _output = output;
        _folder = folder;
        Address = address;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string Folder => _folder.Path;

    public string Studies => Path.Combine(_folder.Path, "studies");

    public string Output => string.Join('\n', _output);

    public int ProcessId => _process.Id;

    /// <summary>Starts the server and waits until it says where it listens.</summary>
    /// <param name="folder">Holds <c>studies</c>; becomes the server's and is deleted with it.</param>
    /// <param name="arguments">Further arguments of <c>start_server</c>.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<ServerProcess> StartAsync(TestFolder folder, string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var output = new ConcurrentQueue<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ServerProgram.Start(
            ["start_server", "--app", Path.Combine(SharedFolders.Repository, "apps", "monaibundle"), "--studies", Path.Combine(folder.Path, "studies"), "--port", "0", .. arguments ?? []],
            environment,
            line =>
            {
                output.Enqueue(line);
                if (line.Split("is listening on ") is [_, var rest])
                    listening.TrySetResult(new Uri(rest.Split(' ')[0]));
            });
        var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (await Task.WhenAny(listening.Task, ended, Task.Delay(StartTime, TestContext.Current.CancellationToken)) != listening.Task)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"The server did not start:\n{string.Join('\n', output)}");
        }

        return new ServerProcess(process, output, folder, await listening.Task);
    }

    /// <summary>Sends a request and requires its status; returns the body as text.</summary>
    public async Task<string> SendAsync(HttpMethod method, string path, HttpContent? content = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == status, $"{method} {path}: {(int)answer.StatusCode} instead of {(int)status}: {body}");
        return body;
    }

    /// <summary>Sends a request that must be refused; returns the <c>detail</c>, which is text for people.</summary>
    public async Task<string> RefusedAsync(HttpMethod method, string path, HttpContent? content, HttpStatusCode status)
        => JsonNode.Parse(await SendAsync(method, path, content, status))!["detail"]!.GetValue<string>();

    public async Task<JsonNode> GetJsonAsync(string path) => JsonNode.Parse(await SendAsync(HttpMethod.Get, path))!;

    /// <summary>Adds an image through the API.</summary>
    public async Task AddImageAsync(string id, byte[] bytes, string fileName = "scan.nii.gz")
        => Assert.Equal(id, JsonNode.Parse(await SendAsync(HttpMethod.Put, $"/datastore/?image={Uri.EscapeDataString(id)}", Form.File("file", fileName, bytes)))!["image"]!.GetValue<string>());

    /// <summary>Ends the process at once, as a power cut would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Ends the process as a power cut would and starts the server again on the same folder. This object is done with then.</summary>
    public async Task<ServerProcess> RestartAfterKillAsync(string[] arguments)
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Client.Dispose();
        _process.Dispose();
        return await StartAsync(_folder, arguments);
    }

    /// <summary>Asks the process to stop, as Ctrl+C does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await ServerProgram.TerminateAsync(_process);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
