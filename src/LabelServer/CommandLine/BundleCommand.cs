using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver bundle run</c>: MONAI's bundle commands.</summary>
internal static class BundleCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new("bundle", "Trains, evaluates and infers with the commands of a MONAI bundle.") { BundleRunCommand.Create() };
}
