namespace LabelServer.SampleData;

/// <summary>Sample data would overwrite a file.</summary>
public sealed class SampleDataExistsException : Exception
{
    /// <summary>Creates the exception for a path.</summary>
    public SampleDataExistsException(string path)
        : base($"'{path}' exists already. Nothing was written. Choose an empty folder, or remove the file.")
    {
    }
}
