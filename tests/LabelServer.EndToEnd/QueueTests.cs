using System.Net;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;

namespace LabelServer.EndToEnd;

/// <summary>What happens when more is asked than one worker can do, and when nobody waits for the answer any more.</summary>
public sealed class QueueTests
{
    // Large enough that an inference takes seconds on any machine.
    private static readonly int[] LargeSize = [320, 320, 200];

    [Fact]
    public async Task FullQueue_Is503WithRetryAfter_InfoGoesOn_AndALeavingClientFreesTheWorker()
    {
        DemoModel.Require();
        await using var server = await ServerProcess.StartAsync(new TestFolder(), [.. DemoModel.Arguments, "--conf", "infer_queue", "0"]);
        await server.AddImageAsync("large", NiftiBytes.Ct(LargeSize, [1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1.5, 0]), "x.nii");
        await server.AddImageAsync("small", NiftiBytes.Ct([24, 24, 24]), "x.nii");

        using (var leave = new CancellationTokenSource())
        {
            var slow = server.Client.PostAsync($"/infer/{DemoModel.Name}?image=large", null, leave.Token);
            await UntilRunningAsync(server, 1);
            Assert.NotNull(await server.GetJsonAsync("/info/"));

            using var refused = await server.Client.PostAsync($"/infer/{DemoModel.Name}?image=small", null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            Assert.Contains("\"detail\":\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

            Assert.False(slow.IsCompleted, "The large image was segmented before the second request came; make it larger.");
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        }

        await UntilRunningAsync(server, 0);
        await server.SendAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?image=small&output=json");
    }

    [Fact]
    public async Task WorkerKilledInTheMiddle_IsToldToTheClient_AndTheNextRequestWorks()
    {
        DemoModel.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by /proc.");
        await using var server = await ServerProcess.StartAsync(new TestFolder(), DemoModel.Arguments);
        await server.AddImageAsync("large", NiftiBytes.Ct(LargeSize, [1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1.5, 0]), "x.nii");
        await server.AddImageAsync("small", NiftiBytes.Ct([24, 24, 24]), "x.nii");

        // A worker that is killed while it starts is another case.
        await server.SendAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?image=small&output=json");
        var slow = server.Client.PostAsync($"/infer/{DemoModel.Name}?image=large", null, TestContext.Current.CancellationToken);
        await UntilRunningAsync(server, 1);
        foreach (var worker in ChildProcesses.Of(server.ProcessId))
            worker.Kill();

        using var answer = await slow;
        Assert.InRange((int)answer.StatusCode, 500, 599);
        Assert.Contains("worker", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        await server.SendAsync(HttpMethod.Post, $"/infer/{DemoModel.Name}?image=small&output=json");
    }

    private static async Task UntilRunningAsync(ServerProcess server, int count)
    {
        while ((await server.GetJsonAsync("/health/ready"))["inference"]!["running"]!.GetValue<int>() != count)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
