using System.Text.Json;
using LabelServer.Inference.Networks;

namespace LabelServer.Worker.Runtimes;

/// <summary>Which runtime was measured to be faster for a network, kept for this user in a small file. A file that can not be read or written costs another measurement, nothing else.</summary>
/// <param name="file">The file.</param>
internal sealed class RuntimeTimings(string file)
{
    private const int MostEntries = 200;
    private readonly Lock _gate = new();

    /// <summary>The file of this user: in the local application data of the system.</summary>
    public static RuntimeTimings OfThisUser()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return new RuntimeTimings(Path.Combine(folder.Length > 0 ? folder : Path.GetTempPath(), "LabelServer", "runtimes.json"));
    }

    /// <summary>What was measured, or null.</summary>
    public NetworkRuntime? Find(string key)
    {
        lock (_gate)
            return Read().TryGetValue(key, out var name) && Enum.TryParse<NetworkRuntime>(name, out var runtime) ? runtime : null;
    }

    /// <summary>Keeps a result.</summary>
    /// <exception cref="IOException">The file can not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can not be written.</exception>
    public void Keep(string key, NetworkRuntime runtime)
    {
        lock (_gate)
        {
            var entries = Read();
            if (entries.Count >= MostEntries)
                entries.Clear();
            entries[key] = runtime.ToString();
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var part = $"{file}.{Environment.ProcessId}.part";
            File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(entries));
            File.Move(part, file, overwrite: true);
        }
    }

    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file)) ?? [] : [];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
