using System.CommandLine;
using System.Net.Sockets;
using LabelServer.Apps;
using LabelServer.Datastore;
using LabelServer.Hosting;
using Microsoft.AspNetCore.Connections;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver start_server</c>, in the words of MONAI Label (protocol 12.2).</summary>
internal sealed class StartServerCommand
{
    private readonly Option<string?> _app = new("--app", "-a") { Description = "The app's folder, such as apps/monaibundle." };
    private readonly Option<string?> _studies = new("--studies", "-s") { Description = "The folder of the images; created when it is missing." };
    private readonly Option<string?> _state = new("--state") { Description = "The folder of the state database (jobs, leases). [default: .labelserver in the studies]" };
    private readonly Option<string[]> _conf = new("--conf", "-c") { Description = "A setting of the app: --conf KEY VALUE. May be repeated.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    private readonly Option<string?> _host = new("--host", "-i") { Description = "The address to listen on. [default: 127.0.0.1]" };
    private readonly Option<int?> _port = new("--port", "-p") { Description = "The port to listen on; 0 takes a free one. [default: 8000]" };
    private readonly Option<string?> _verbose = new("--verbose", "-v") { Description = "DEBUG, INFO, WARNING or ERROR. [default: INFO]" };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Listen on an address that other machines reach although there are neither keys nor an identity provider." };
    private readonly Option<string[]> _allowedHosts = new("--allowed-hosts") { Description = "Names besides localhost under which the server answers, between commas.", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _accessLog = new("--access_log") { Description = "Log every request." };
    private readonly Option<string?> _certificate = new("--ssl_certfile") { Description = "A certificate (PEM): serve HTTPS." };
    private readonly Option<string?> _key = new("--ssl_keyfile") { Description = "The certificate's private key (PEM)." };
    private readonly Option<string?> _keyPassword = new("--ssl_keyfile_password") { Description = "The private key's password." };
    private readonly Option<string?> _directory = new("--directory") { Description = "The working folder: where .env lies, and relative paths begin. [default: the current one]" };
    private readonly Option<bool> _dryRun = new("--dryrun") { Description = "Check the settings, print them, write them to .env (env.bat on Windows) in the working directory, and start nothing." };

    // Words of the original that mean nothing here; taken so that a user's command line goes on working.
    private readonly Option<string?>[] _ignored =
    [
        new("--uvicorn_app"), new("--workers"), new("--limit_concurrency"), new("--root_path"), new("--log_level"), new("--log_config", "-l"), new("--ssl_ca_certs"),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create() => new StartServerCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command("start_server", "Starts the server.");
        foreach (var option in new Option[] { _app, _studies, _state, _conf, _host, _port, _verbose, _insecure, _allowedHosts, _accessLog, _certificate, _key, _keyPassword, _directory, _dryRun })
            command.Options.Add(option);
        foreach (var option in _ignored)
        {
            option.Hidden = true;
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => RunAsync(result, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var output = result.InvocationConfiguration.Output;
        var errors = result.InvocationConfiguration.Error;
        try
        {
            if (result.GetValue(_directory) is { } folder)
                Directory.SetCurrentDirectory(folder);
            var environment = EnvironmentSettings.Read(Directory.GetCurrentDirectory());
            var options = ServerOptionsBuilder.Build(Read(result), environment);
            foreach (var notice in UnusedVariables.Notices(environment))
                await errors.WriteLineAsync(notice);
            foreach (var option in _ignored.Where(o => result.GetValue(o) is not null))
                await errors.WriteLineAsync($"{option.Name} has no meaning for this server and is ignored.");
            if (result.GetValue(_dryRun))
            {
                await PrintAsync(options, AppDeclaration.Read(options.AppFolder), output);
                await output.WriteLineAsync($"written   {DryRunFile.Write(Directory.GetCurrentDirectory(), options)}");
                return 0;
            }

            return await ServeAsync(options, output, errors, cancellationToken);
        }
        catch (Exception error) when (error is ServerOptionsException or AppDeclarationException or DatastoreException or DirectoryNotFoundException || (result.GetValue(_dryRun) && error is IOException or UnauthorizedAccessException))
        {
            await errors.WriteLineAsync(error.Message);
            return 1;
        }
    }

    private StartServerArguments Read(ParseResult result) => new()
    {
        App = result.GetValue(_app),
        Studies = result.GetValue(_studies),
        State = result.GetValue(_state),
        Conf = result.GetValue(_conf) ?? [],
        Host = result.GetValue(_host),
        Port = result.GetValue(_port),
        Verbose = result.GetValue(_verbose),
        Insecure = result.GetValue(_insecure),
        AllowedHosts = result.GetValue(_allowedHosts) ?? [],
        AccessLog = result.GetValue(_accessLog),
        CertificateFile = result.GetValue(_certificate),
        KeyFile = result.GetValue(_key),
        KeyPassword = result.GetValue(_keyPassword),
    };

    private static async Task<int> ServeAsync(ServerOptions options, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var warmUp = new WarmUp(options, cancellationToken);
        await using var app = ServerHost.Build(options, onServices: warmUp.Read);
        try
        {
            warmUp.Request(app);
            if (await TryStartAsync(app, options, cancellationToken) is { } fault)
            {
                await errors.WriteLineAsync(fault);

                // What had started already is stopped in order.
                await app.StopAsync(CancellationToken.None);
                return 1;
            }

            await output.WriteLineAsync($"LabelServer {Info.ServerVersion.Text} is listening on {string.Join(", ", app.Urls)} (studies: {options.StudiesFolder}). Stop it with Ctrl+C.");
            await output.FlushAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        finally
        {
            await warmUp.Done;
        }
    }

    private static async Task<string?> TryStartAsync(WebApplication app, ServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return null;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            return $"Port {options.Port} of {options.Host} is in use by another program; perhaps this server runs already. Stop that one, or choose another port with --port.";
        }
        catch (SocketException error)
        {
            return $"The server cannot listen on {options.Host}:{options.Port}: {error.Message}. Choose another --host or --port.";
        }
    }

    private static async Task PrintAsync(ServerOptions options, AppDeclaration app, TextWriter output)
    {
        await output.WriteLineAsync($"app       {options.AppFolder} ({app.Name})");
        await output.WriteLineAsync($"studies   {options.StudiesFolder}{(Directory.Exists(options.StudiesFolder) ? string.Empty : " (will be created)")}");
        await output.WriteLineAsync($"address   {(options.CertificateFile is null ? "http" : "https")}://{options.Host}:{options.Port}{options.ApiPrefix}");
        await output.WriteLineAsync($"log       {options.LogFile} ({options.LogLevel})");
        foreach (var (key, value) in options.Conf)
            await output.WriteLineAsync($"conf      {key} = {value}");
    }
}
