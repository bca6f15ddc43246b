using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver plugins</c>, in the words of MONAI Label: which viewers work with this server, unchanged, and where they come from.</summary>
internal static class PluginsCommand
{
    private static readonly (string Name, string How)[] Viewers =
    [
        ("slicer", "3D Slicer: install the extension MONAILabel in the Extensions Manager, then enter this server's address in its panel"),
        ("slicer-reviewer", "3D Slicer: the module MONAILabel Reviewer of the same extension"),
        ("python", "the files monailabel/client/client.py of Project-MONAI/MONAILabel"),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create()
        => new DownloadCommand("plugins", "Lists the viewers that work with this server, and where they come from.").ToCommand((_, output, _) => ListAsync(output), Refuse);

    private static async Task ListAsync(TextWriter output)
    {
        await output.WriteLineAsync("Viewers that work with this server, unchanged:");
        foreach (var (name, how) in Viewers)
            await output.WriteLineAsync($"  {name,-16} {how}");
    }

    private static Task Refuse(DownloadRequest request, TextWriter output, CancellationToken cancellationToken)
        => throw new DownloadRefusedException(Viewers.FirstOrDefault(v => v.Name == request.Name) is { Name: not null } viewer
            ? $"Plugins are not part of this program. {viewer.How}."
            : $"There is no plugin '{request.Name}'. Known are: {string.Join(", ", Viewers.Select(v => v.Name))}.");
}
