using System.Diagnostics;
using System.Globalization;

namespace LabelServer.EndToEnd.Processes;

/// <summary>Finds the processes that a process has started (Linux).</summary>
internal static class ChildProcesses
{
    /// <summary>The children. The fourth field of <c>/proc/PID/stat</c>, after the name in brackets, is the parent.</summary>
    public static List<Process> Of(int parent) => [.. Process.GetProcesses().Where(p =>
    {
        try
        {
            return File.ReadAllText($"/proc/{p.Id}/stat").Split(") ")[^1].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return false;
        }
    })];
}
