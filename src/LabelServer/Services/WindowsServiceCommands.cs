using System.Text;

namespace LabelServer.Services;

/// <summary>The calls of Windows' <c>sc.exe</c> that make, start, stop and remove the service.</summary>
internal static class WindowsServiceCommands
{
    /// <summary>The program.</summary>
    public const string Program = "sc.exe";

    /// <summary>The calls that make and start it: automatic start, and started again 5 s after a failure.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Install(ServiceDescription service)
    {
        // A service has no working folder of its own, so the command names it.
        var command = string.Join(' ', service.Command.Append("--directory").Append(service.WorkingFolder).Select(Quote));
        IReadOnlyList<string> account = service.User is null ? [] : ["obj=", service.User];
        return
        [
            ["create", ServiceDescription.Name, "binPath=", command, "start=", "auto", "DisplayName=", "LabelServer", .. account],
            ["description", ServiceDescription.Name, "A server for MONAI Label clients such as 3D Slicer"],
            ["failure", ServiceDescription.Name, "reset=", "86400", "actions=", "restart/5000/restart/5000/restart/60000"],
            ["start", ServiceDescription.Name],
        ];
    }

    /// <summary>The calls that stop and remove it.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Uninstall { get; } = [["stop", ServiceDescription.Name], ["delete", ServiceDescription.Name]];

    /// <summary>The call that shows its state.</summary>
    public static IReadOnlyList<string> Status { get; } = ["query", ServiceDescription.Name];

    /// <summary>A word as Windows programs take their command line apart: backslashes count double before a quotation mark.</summary>
    internal static string Quote(string word)
    {
        if (word.Length > 0 && !word.Any(c => c is ' ' or '\t' or '"'))
            return word;
        var text = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var letter in word)
        {
            text.Append('\\', letter == '"' ? backslashes + 1 : 0).Append(letter);
            backslashes = letter == '\\' ? backslashes + 1 : 0;
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
