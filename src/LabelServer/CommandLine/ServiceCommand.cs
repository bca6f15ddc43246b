using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using LabelServer.Services;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver service install | uninstall | status</c>: lets systemd or Windows start the server by itself.</summary>
internal static class ServiceCommand
{
    private const string SystemCtl = "systemctl";

    /// <summary>Creates the command.</summary>
    public static Command Create() => new("service", "Lets the system start the server by itself (systemd, Windows services).") { CreateInstall(), CreateUninstall(), CreateStatus() };

    private static Command CreateInstall()
    {
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = "What to start, after --: start_server --app DIR --studies DIR …", Arity = ArgumentArity.OneOrMore };
        var user = new Option<string?>("--user") { Description = "The account that the server runs as. It must own the studies folder." };
        var folder = new Option<string?>("--directory") { Description = "The working folder, where .env lies. [default: the current one]" };
        var print = new Option<bool>("--print") { Description = "Only show what would be installed." };
        var command = new Command("install", "Installs and starts the service. Needs the rights of an administrator.") { arguments, user, folder, print };
        command.SetAction((result, cancellationToken) => InstallAsync(
            new ServiceDescription(OwnProgram(), result.GetRequiredValue(arguments), Path.GetFullPath(result.GetValue(folder) ?? "."), result.GetValue(user)),
            result.GetValue(print),
            result.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static Command CreateUninstall()
    {
        var command = new Command("uninstall", "Stops and removes the service. The studies stay as they are.");
        command.SetAction(async (result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration;
            if (OperatingSystem.IsWindows())
                return await RunAllAsync(WindowsServiceCommands.Uninstall.Select(c => (WindowsServiceCommands.Program, c)), output, cancellationToken);
            if (!OperatingSystem.IsLinux())
                return await RefuseAsync(output);
            var code = await RunAllAsync([(SystemCtl, ["disable", "--now", ServiceDescription.Name])], output, cancellationToken);
            return code != 0 ? code : await ChangeUnitAsync(() => File.Delete(SystemdUnit.FilePath), [["daemon-reload"]], output, cancellationToken);
        });
        return command;
    }

    private static Command CreateStatus()
    {
        var command = new Command("status", "Says whether the service runs.");
        command.SetAction(async (result, cancellationToken) =>
        {
            if (OperatingSystem.IsWindows())
                return await RunAllAsync([(WindowsServiceCommands.Program, WindowsServiceCommands.Status)], result.InvocationConfiguration, cancellationToken);
            return OperatingSystem.IsLinux()
                ? await RunAllAsync([(SystemCtl, ["status", "--no-pager", ServiceDescription.Name])], result.InvocationConfiguration, cancellationToken)
                : await RefuseAsync(result.InvocationConfiguration);
        });
        return command;
    }

    private static async Task<int> InstallAsync(ServiceDescription service, bool print, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        var calls = WindowsServiceCommands.Install(service);
        if (print)
        {
            await output.Output.WriteAsync(OperatingSystem.IsWindows()
                ? string.Concat(calls.Select(c => $"{WindowsServiceCommands.Program} {string.Join(' ', c.Select(WindowsServiceCommands.Quote))}{Environment.NewLine}"))
                : $"# {SystemdUnit.FilePath}\n{SystemdUnit.Write(service)}");
            return 0;
        }

        if (OperatingSystem.IsWindows())
            return await RunAllAsync(calls.Select(c => (WindowsServiceCommands.Program, c)), output, cancellationToken);
        return OperatingSystem.IsLinux()
            ? await ChangeUnitAsync(() => File.WriteAllText(SystemdUnit.FilePath, SystemdUnit.Write(service)), [["daemon-reload"], ["enable", "--now", ServiceDescription.Name]], output, cancellationToken)
            : await RefuseAsync(output);
    }

    private static async Task<int> ChangeUnitAsync(Action change, IReadOnlyList<IReadOnlyList<string>> calls, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        try
        {
            change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await output.Error.WriteLineAsync($"{SystemdUnit.FilePath} cannot be changed: {error.Message} Run the command with sudo, or install the text of 'labelserver service install --print' by hand.");
            return 1;
        }

        return await RunAllAsync(calls.Select(c => (SystemCtl, c)), output, cancellationToken);
    }

    private static async Task<int> RunAllAsync(IEnumerable<(string Program, IReadOnlyList<string> Arguments)> calls, InvocationConfiguration output, CancellationToken cancellationToken)
    {
        foreach (var (program, arguments) in calls)
        {
            using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
            try
            {
                process.Start();
            }
            catch (Win32Exception error)
            {
                await output.Error.WriteLineAsync($"{program} cannot be run: {error.Message}");
                return 1;
            }

            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await output.Output.WriteAsync(await process.StandardOutput.ReadToEndAsync(cancellationToken));
            await output.Error.WriteAsync(await errors);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                return process.ExitCode;
        }

        return 0;
    }

    private static async Task<int> RefuseAsync(InvocationConfiguration output)
    {
        await output.Error.WriteLineAsync("Services are installed on Linux (systemd) and Windows. On macOS write a launchd job that runs 'labelserver start_server …'; docs/operating.md has one.");
        return 1;
    }

    // "dotnet labelserver.dll" during development, the program itself when it was published.
    private static IReadOnlyList<string> OwnProgram()
    {
        var host = Environment.ProcessPath ?? "labelserver";
        return Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, Path.Combine(AppContext.BaseDirectory, "labelserver.dll")] : [host];
    }
}
