namespace LabelServer.Hosting;

/// <summary>The server cannot start as it was told to. Lists every fault, each with its way out.</summary>
public sealed class ServerOptionsException : Exception
{
    /// <summary>Creates the exception for all faults of one start.</summary>
    public ServerOptionsException(IReadOnlyList<string> faults)
        : base("The server cannot start:" + string.Concat(faults.Select(f => $"{Environment.NewLine}  - {f}")))
    {
        Faults = faults;
    }

    /// <summary>The faults.</summary>
    public IReadOnlyList<string> Faults { get; }
}
