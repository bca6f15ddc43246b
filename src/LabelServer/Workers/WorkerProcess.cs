using System.Diagnostics;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using LabelServer.Inference;
using LabelServer.Worker.Contract;

namespace LabelServer.Workers;

/// <summary>One start of the worker's program, from its first line to its exit.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const string ReadyLine = "labelserver-worker ready";
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(4);
    private readonly Process _process;
    private readonly WorkerEndpoint _endpoint;
    private readonly GrpcChannel _channel;
    private readonly WorkerLog _log;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process, WorkerEndpoint endpoint, WorkerLog log)
    {
        _process = process;
        _endpoint = endpoint;
        _log = log;
        _channel = endpoint.Connect();
        Client = new WorkerService.WorkerServiceClient(endpoint.Authorize(_channel));
        Id = process.Id;
        Exited = WatchAsync();
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Calls to the worker; they carry its token.</summary>
    public WorkerService.WorkerServiceClient Client { get; }

    /// <summary>Completes with the exit code when the process has ended and its last lines are read.</summary>
    public Task<int> Exited { get; }

    /// <summary>What the worker told of itself when it was ready.</summary>
    public DescribeReply Description { get; private set; } = new();

    /// <summary>Its last lines of output, oldest first.</summary>
    public IReadOnlyList<string> LastLines => _log.LastLines;

    /// <summary>Starts the program and waits until it takes calls.</summary>
    /// <exception cref="WorkerUnavailableException">The program is missing, ends at once, or is not ready in time.</exception>
    public static async Task<WorkerProcess> StartAsync(WorkerOptions options, WorkerLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var program = WorkerProgram.Find(options);
        var info = WorkerProgram.StartInfo(program);
        WorkerEnvironment.Apply(info, options);
        var endpoint = WorkerEndpoint.Create();
        Process process;
        try
        {
            process = Process.Start(info) ?? throw new WorkerUnavailableException($"The system did not start {program}.");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            endpoint.Dispose();
            throw new WorkerUnavailableException($"The worker {program} can not be started: {error.Message}", error);
        }

        var worker = new WorkerProcess(process, endpoint, log);
        try
        {
            if (options.IsBackground)
                GiveWay(process);
            await worker.GreetAsync(options, time, cancellationToken);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process at once, whatever it does.</summary>
    public void Kill()
    {
        if (!Exited.IsCompleted)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>Describes an exit for people: <c>killed by signal 9</c>, <c>exit code 1</c>.</summary>
    public static string Describe(int exitCode) =>
        !OperatingSystem.IsWindows() && exitCode is > 128 and < 160 ? $"ended by signal {exitCode - 128}{(exitCode == 137 ? ", which the system also sends when memory runs out" : string.Empty)}" : $"exit code {exitCode}";

    /// <summary>Asks the worker to end by closing its input, waits a little, then ends it.</summary>
    /// <param name="grace">How long to wait.</param>
    public async Task EndAsync(TimeSpan grace)
    {
        _process.StandardInput.Close();
        await Task.WhenAny(Exited, Task.Delay(grace));
        Kill();
        await Exited;
    }

    /// <summary>Ends the worker as <see cref="EndAsync"/> does, with time for what it is doing.</summary>
    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await EndAsync(StopGrace);
        _process.Dispose();
        _endpoint.Dispose();
    }

    // A process that ended already shows in the greeting; a system that refuses leaves the priority as it is.
    private static void GiveWay(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
        }
    }

    private async Task GreetAsync(WorkerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.StartTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var start = new JsonObject { ["address"] = _endpoint.Address, ["token"] = _endpoint.Token, ["resultCache"] = options.ResultCache }.ToJsonString();
            await _process.StandardInput.WriteLineAsync(start.AsMemory(), both.Token);
            await _process.StandardInput.FlushAsync(both.Token);
            await Task.WhenAny(_ready.Task, Exited).WaitAsync(both.Token);
            if (Exited.IsCompleted)
                throw new IOException("The process ended.");
            Description = await Client.DescribeAsync(new DescribeRequest(), cancellationToken: both.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            if (limit.IsCancellationRequested)
                throw new WorkerUnavailableException($"The worker was not ready after {options.StartTimeout.TotalSeconds:0} s. Its last words: {Words()}", error);
            var code = await Exited.WaitAsync(both.Token);
            throw new WorkerUnavailableException($"The worker ended at its start ({Describe(code)}). Its last words: {Words()} Run: labelserver doctor", error);
        }
    }

    private string Words() => LastLines.Count == 0 ? "none." : string.Join(" | ", LastLines.TakeLast(5));

    private async Task<int> WatchAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line == ReadyLine)
                _ready.TrySetResult();
            else if (line.Length > 0)
                _log.Write(Id, line);
        }
    }
}
