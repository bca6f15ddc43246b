using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver keys add | list | revoke</c>: who may use the server. A server that runs notices each change with its next request.</summary>
internal static class KeysCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new("keys", "Makes, lists and revokes the API keys of a server.") { KeysAddCommand.Create(), KeysListCommand.Create(), KeysRevokeCommand.Create() };
}
