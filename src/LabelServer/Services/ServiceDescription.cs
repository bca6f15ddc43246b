namespace LabelServer.Services;

/// <summary>A server that the system is to start by itself.</summary>
/// <param name="Program">The program and, for <c>dotnet labelserver.dll</c>, the file that it runs; absolute.</param>
/// <param name="Arguments">The arguments of <c>labelserver</c>, from <c>start_server</c> on.</param>
/// <param name="WorkingFolder">Where <c>.env</c> lies.</param>
/// <param name="User">The account; null for the manager's default.</param>
internal sealed record ServiceDescription(IReadOnlyList<string> Program, IReadOnlyList<string> Arguments, string WorkingFolder, string? User)
{
    /// <summary>The name of the service.</summary>
    public const string Name = "labelserver";

    /// <summary>The whole command, one word each.</summary>
    public IEnumerable<string> Command => Program.Concat(Arguments);
}
