using System.Diagnostics;
using System.Text.Json;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.Builds;

/// <summary>A project file as MSBuild evaluates it for given switches. Nothing is restored or built.</summary>
internal sealed class EvaluatedProject
{
    private readonly JsonElement _root;

    private EvaluatedProject(JsonElement root) => _root = root;

    /// <summary>Packages that it takes, by name, with the version that is pinned for them.</summary>
    public IReadOnlyDictionary<string, string> Packages
    {
        get
        {
            var versions = Items("PackageVersion").ToDictionary(i => i.GetProperty("Identity").GetString()!, i => i.GetProperty("Version").GetString()!, StringComparer.OrdinalIgnoreCase);
            return Items("PackageReference").Select(i => i.GetProperty("Identity").GetString()!).Where(versions.ContainsKey).ToDictionary(n => n, n => versions[n]);
        }
    }

    /// <summary>Names of the projects that it builds on.</summary>
    public IReadOnlyList<string> Projects => [.. Items("ProjectReference").Select(i => i.GetProperty("Filename").GetString()!)];

    /// <summary>Evaluates it.</summary>
    /// <param name="project">The project's name, its folder in <c>src</c>.</param>
    /// <param name="switches">Properties as on the command line: <c>Accelerator=cuda</c>.</param>
    public static async Task<EvaluatedProject> ReadAsync(string project, params string[] switches)
    {
        var info = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = SharedFolders.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in new[] { "msbuild", Path.Combine("src", project, project + ".csproj"), "-getItem:PackageReference", "-getItem:PackageVersion", "-getItem:ProjectReference", "-nodeReuse:false" })
            info.ArgumentList.Add(argument);
        foreach (var property in switches)
            info.ArgumentList.Add("-p:" + property);
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + await errors);
        using var json = JsonDocument.Parse(await output);
        return new EvaluatedProject(json.RootElement.Clone());
    }

    private JsonElement.ArrayEnumerator Items(string kind) => _root.GetProperty("Items").GetProperty(kind).EnumerateArray();
}
