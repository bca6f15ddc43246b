namespace LabelServer.Apps;

/// <summary>An <c>app.json</c> cannot be used. Lists every fault.</summary>
public sealed class AppDeclarationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">What is wrong with it.</param>
    public AppDeclarationException(string path, IReadOnlyList<string> faults)
        : base($"The app declaration {path} cannot be used:" + string.Concat(faults.Select(f => $"{Environment.NewLine}  - {f}")))
    {
    }
}
