using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver data merge-masks | split</c>: prepares data sets for training.</summary>
internal static class DataCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create() => new("data", "Prepares data sets for training.") { MergeMasksCommand.Create(), DataSplitCommand.Create() };
}
