using System.Text;

namespace LabelServer.Services;

/// <summary>The systemd unit of a server.</summary>
internal static class SystemdUnit
{
    /// <summary>Where it lies.</summary>
    public const string FilePath = "/etc/systemd/system/" + ServiceDescription.Name + ".service";

    /// <summary>The text of the unit.</summary>
    /// <remarks>The server says by itself when it is ready (<c>Type=notify</c>). It is given a minute and a half to finish writes; the worker belongs to it and ends with it.</remarks>
    public static string Write(ServiceDescription service)
    {
        var user = service.User is null ? string.Empty : $"User={service.User}\n";
        return $"""
            [Unit]
            Description=LabelServer, a server for MONAI Label clients
            After=network-online.target
            Wants=network-online.target

            [Service]
            Type=notify
            ExecStart={string.Join(' ', service.Command.Select(Quote))}
            WorkingDirectory={service.WorkingFolder.Replace("%", "%%", StringComparison.Ordinal)}
            {user}Restart=on-failure
            RestartSec=5
            TimeoutStopSec=90
            KillMode=mixed
            NoNewPrivileges=true
            PrivateTmp=true
            ProtectSystem=full

            [Install]
            WantedBy=multi-user.target

            """.ReplaceLineEndings("\n");
    }

    // systemd takes %, $ and \ for signs of its own.
    private static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in word)
        {
            text.Append(letter switch
            {
                '%' => "%%",
                '$' => "$$",
                '\\' => @"\\",
                '"' => "\\\"",
                _ => letter.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
