namespace LabelServer.Bundles.History;

/// <summary>Notes which version the served file is a copy of, and by what that file is recognised.</summary>
/// <param name="Version">The version's number.</param>
/// <param name="Length">The served file's length in bytes.</param>
/// <param name="Modified">The served file's time.</param>
internal sealed record ServedMark(int Version, long Length, DateTime Modified);
