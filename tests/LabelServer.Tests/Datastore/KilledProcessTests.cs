using System.Diagnostics;
using System.Globalization;
using LabelServer.Datastore;
using LabelServer.Datastore.Checks;
using LabelServer.Datastore.Disk;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Datastore;

/// <summary>A real process saves a label, says before each step on disk that it has come there, and is killed by the system (SIGKILL) at a chosen one.</summary>
public sealed class KilledProcessTests
{
    private const string StudiesVariable = "LABELSERVER_KILLED_STUDIES";
    private const string StepVariable = "LABELSERVER_KILLED_STEP";
    private const string Reached = "reached";
    private const string Answered = "answered";

    [Fact]
    public async Task KillAtEachStepOfSaving_LeavesTheFormerOrTheNewLabelAsAWhole()
    {
        for (var step = 0; ; step++)
        {
            using var test = new TestStore();
            await test.AddImageAsync("ü: 1");
            await test.SaveLabelAsync("ü: 1", NiftiBytes.Label(1), info: """{"label_info":[{"name":"former"}]}""");
            test.Store.Dispose();

            var answered = await KillAsync(test.Path, step);
            test.Reopen();
            var stored = await test.LabelBytesAsync("ü: 1");
            var names = test.Store.FindImage("ü: 1")!.FindLabel("final")!.ValueNames()!;
            Assert.Equal(stored.SequenceEqual(NiftiBytes.Label(1)) ? "former" : "new", names[1]);
            Assert.Contains(stored, b => true);
            if (answered)
            {
                Assert.Equal(NiftiBytes.Label(1, 2), stored);
                Assert.True(step >= 8, "The child answered before the steps of saving were tried.");
                return;
            }
        }
    }

    /// <summary>The child's part: this program started once more for this method alone, with the folder and the step in its environment.</summary>
    [Fact]
    public async Task TheChild_SavesALabelAndStopsBeforeTheStep()
    {
        var studies = Environment.GetEnvironmentVariable(StudiesVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(studies), "Only run by the other test, in a process of its own.");
        await SaveAsync(studies!, int.Parse(Environment.GetEnvironmentVariable(StepVariable)!, CultureInfo.InvariantCulture));
    }

    private static async Task SaveAsync(string studies, int step)
    {
        var disk = new WaitingDisk(step);
        using var store = LocalDatastore.Open(new DatastoreOptions { StudiesFolder = studies }, new VolumeInspector(), new TestStore.LabelMaps(), TimeProvider.System, NullLogger.Instance, disk);
        using var received = await store.ReceiveAsync(new MemoryStream(NiftiBytes.Label(1, 2)), "tmp.nii.gz", default);
        disk.Arm();
        await store.SaveLabelAsync(new LabelUpload("ü: 1", received) { Info = InfoDocument.Parse("""{"label_info":[{"name":"new"},{"name":"other"}]}""", "test") }, default);
        Say(Answered);
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task<bool> KillAsync(string studies, int step)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(KilledProcessTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(KilledProcessTests).FullName}.{nameof(TheChild_SavesALabelAndStopsBeforeTheStep)}");
        start.Environment[StudiesVariable] = studies;
        start.Environment[StepVariable] = step.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        string? line;
        do
        {
            line = await child.StandardOutput.ReadLineAsync();
        }
        while (line is not (null or Reached or Answered));
        child.Kill();
        await child.WaitForExitAsync();
        Assert.True(line is Reached or Answered, $"The child said '{line}'.");
        return line == Answered;
    }

    // Past the test runner, which may hold back what a test writes.
    private static void Say(string word)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.ASCII.GetBytes(Environment.NewLine + word + Environment.NewLine));
        output.Flush();
    }

    /// <summary>Stops for ever before a step, so that the kill hits exactly there.</summary>
    private sealed class WaitingDisk(int stopAt) : IStoreDisk
    {
        private readonly LocalDisk _disk = new();
        private int _step;
        private bool _armed;

        public void Arm() => _armed = true;

        public void FlushFile(string path) => Do(() => _disk.FlushFile(path));

        public void FlushFolder(string path) => Do(() => _disk.FlushFolder(path));

        public void Move(string from, string to) => Do(() => _disk.Move(from, to));

        public void Link(string existing, string added) => Do(() => _disk.Link(existing, added));

        public void Delete(string path) => Do(() => _disk.Delete(path));

        public void CreateFolder(string path) => Do(() => _disk.CreateFolder(path));

        public void Append(FileStream file, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            Do(() => _disk.Append(file, copy), () => file.Write(copy.AsSpan(0, copy.Length / 2)));
        }

        public void FlushAppended(FileStream file) => Do(() => _disk.FlushAppended(file));

        public void Write(string path, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            Do(() => _disk.Write(path, copy));
        }

        private void Do(Action step, Action? half = null)
        {
            if (_armed && _step++ == stopAt)
            {
                half?.Invoke();
                Say(Reached);
                new ManualResetEventSlim().Wait();
            }

            step();
        }
    }
}
