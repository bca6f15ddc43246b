namespace LabelServer.Bundles.Config;

/// <summary>A config document cannot be read, merged, overridden or resolved. The message names the file or the id, the value and what to do.</summary>
public sealed class ConfigException : BundleException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">For people.</param>
    /// <param name="id">The id in the config that it is about, such as <c>inferer::roi_size</c>; empty when it is about a whole file.</param>
    /// <param name="innerException">What caused it.</param>
    public ConfigException(string message, string id = "", Exception? innerException = null)
        : base(message, innerException) => Id = id;

    /// <summary>The id in the config that it is about; empty when it is about a whole file.</summary>
    public string Id { get; }
}
