namespace LabelServer.Bundles;

/// <summary>Something in a bundle cannot be used: a file that is missing or broken, a config that makes no sense, a checkpoint that is refused.</summary>
/// <remarks>
/// <para>Base of all exceptions of this assembly that a bundle's content causes; the fault lies with the bundle's files, never with the request that asked for them.
/// Wrong arguments of our own callers stay <see cref="ArgumentException"/>, a failing disk stays <see cref="IOException"/>.</para>
/// <para><see cref="Config.ConfigException"/>: config documents. <see cref="Metadata.MetadataException"/>: <c>metadata.json</c> and <c>large_files.yml</c>.
/// <see cref="Checkpoints.CheckpointException"/>: weights. <see cref="Expressions.ExpressionException"/>: one expression, when it is evaluated on its own.</para>
/// <para>Messages are for people: they name the file, the key, the value and the way out.</para>
/// </remarks>
public class BundleException : Exception
{
    /// <summary>Makes the exception with a message for people.</summary>
    public BundleException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message for people and what caused it.</summary>
    public BundleException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
