using System.CommandLine;
using LabelServer.SampleData;

namespace LabelServer.CommandLine;

/// <summary>The common part of <c>apps</c>, <c>datasets</c> and <c>plugins</c> (protocol 12.2): without <c>--download</c> they list, with it they bring one thing into a folder.</summary>
internal sealed class DownloadCommand(string name, string description)
{
    private readonly Option<bool> _download = new("--download", "-d") { Description = "Bring it instead of listing." };
    private readonly Option<string?> _name = new("--name", "-n") { Description = "Which one." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The folder to put it into. [default: the working directory]" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "A folder between the two." };

    /// <summary>Creates the command.</summary>
    /// <param name="list">Lists what there is.</param>
    /// <param name="bring">Brings one.</param>
    public Command ToCommand(Func<DownloadRequest?, TextWriter, CancellationToken, Task> list, Func<DownloadRequest, TextWriter, CancellationToken, Task> bring)
    {
        var command = new Command(name, description) { _download, _name, _output, _prefix };
        command.SetAction(async (result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            try
            {
                if (!result.GetValue(_download))
                    await list(null, output, cancellationToken);
                else if (result.GetValue(_name) is { Length: > 0 } wanted)
                    await bring(new DownloadRequest(wanted, Path.Combine(result.GetValue(_output) ?? Directory.GetCurrentDirectory(), result.GetValue(_prefix) ?? string.Empty)), output, cancellationToken);
                else
                    throw new DownloadRefusedException($"Say which with --name. 'labelserver {name}' lists them.");
                return 0;
            }
            catch (Exception error) when (error is DownloadRefusedException or SampleDataExistsException or Apps.AppDeclarationException or IOException or UnauthorizedAccessException)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(error.Message);
                return 1;
            }
        });
        return command;
    }
}

/// <summary>What is to be brought, and where to.</summary>
/// <param name="Name">The name, as typed.</param>
/// <param name="Folder">The folder that gets a folder of that name.</param>
internal sealed record DownloadRequest(string Name, string Folder)
{
    /// <summary>Makes the target folder.</summary>
    /// <exception cref="DownloadRefusedException">It is there already; nothing is overwritten.</exception>
    public string Target()
    {
        var target = Path.GetFullPath(Path.Combine(Folder, Name));
        if (Directory.Exists(target) || File.Exists(target))
            throw new DownloadRefusedException($"{target} is there already; nothing was changed. Choose another --output.");
        Directory.CreateDirectory(target);
        return target;
    }
}

/// <summary>What was asked for cannot be brought; the message says what to do.</summary>
internal sealed class DownloadRefusedException(string message) : Exception(message);
