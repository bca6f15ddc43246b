using System.CommandLine;
using LabelServer.Apps;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver apps</c>, in the words of MONAI Label: lists the app declarations that come with this program, or copies one, to be changed.</summary>
internal static class AppsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new DownloadCommand("apps", "Lists the apps that come with this program, or copies one.");
        return command.ToCommand((_, output, _) => ListAsync(output), (request, output, _) => CopyAsync(request, output));
    }

    private static string Folder => Path.Combine(ContentRoot.Folder, "apps");

    private static IEnumerable<string> Names() => Directory.Exists(Folder)
        ? Directory.EnumerateDirectories(Folder).Where(d => File.Exists(Path.Combine(d, AppDeclaration.FileName))).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)
        : [];

    private static async Task ListAsync(TextWriter output)
    {
        await output.WriteLineAsync("Available apps are:");
        foreach (var name in Names())
            await output.WriteLineAsync($"  {name,-15} {Folder}{Path.DirectorySeparatorChar}{name}: {AppDeclaration.Read(Path.Combine(Folder, name)).Description}");
    }

    private static async Task CopyAsync(DownloadRequest request, TextWriter output)
    {
        if (!Names().Contains(request.Name, StringComparer.Ordinal))
            throw new DownloadRefusedException($"There is no app '{request.Name}'. Available are: {string.Join(", ", Names())}.");
        var target = request.Target();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, request.Name)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        await output.WriteLineAsync($"{request.Name} was copied to {target}. Start it with --app {target}.");
    }
}
