namespace LabelServer.Bundles.Workflows;

/// <summary>A bundle's workflow cannot be run here. The message names the bundle, the keys and the expressions, and the way out.</summary>
public sealed class WorkflowException : BundleException
{
    /// <summary>Creates the exception.</summary>
    public WorkflowException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
