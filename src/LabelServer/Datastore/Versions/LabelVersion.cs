namespace LabelServer.Datastore.Versions;

/// <summary>One version of a label.</summary>
/// <param name="Stamp">Its id, parent and author.</param>
/// <param name="IsCurrent">Whether it is the label that clients of the protocol get.</param>
/// <param name="Extension">The file's extension with its dot.</param>
/// <param name="Info">What is known of it, as of a label.</param>
/// <param name="Length">Bytes.</param>
public sealed record LabelVersion(LabelStamp Stamp, bool IsCurrent, string Extension, InfoDocument Info, long Length);
