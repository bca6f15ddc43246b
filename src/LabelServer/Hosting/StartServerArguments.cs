namespace LabelServer.Hosting;

/// <summary>What was typed after <c>start_server</c>, unchecked. Null: not given.</summary>
public sealed record StartServerArguments
{
    /// <summary><c>--app</c></summary>
    public string? App { get; init; }

    /// <summary><c>--studies</c></summary>
    public string? Studies { get; init; }

    /// <summary><c>--state</c></summary>
    public string? State { get; init; }

    /// <summary><c>--conf</c>: keys and values in turn.</summary>
    public IReadOnlyList<string> Conf { get; init; } = [];

    /// <summary><c>--host</c></summary>
    public string? Host { get; init; }

    /// <summary><c>--port</c></summary>
    public int? Port { get; init; }

    /// <summary><c>--verbose</c></summary>
    public string? Verbose { get; init; }

    /// <summary><c>--insecure</c></summary>
    public bool Insecure { get; init; }

    /// <summary><c>--allowed-hosts</c></summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary><c>--access_log</c></summary>
    public bool AccessLog { get; init; }

    /// <summary><c>--ssl_certfile</c></summary>
    public string? CertificateFile { get; init; }

    /// <summary><c>--ssl_keyfile</c></summary>
    public string? KeyFile { get; init; }

    /// <summary><c>--ssl_keyfile_password</c></summary>
    public string? KeyPassword { get; init; }
}
