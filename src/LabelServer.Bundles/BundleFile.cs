namespace LabelServer.Bundles;

/// <summary>A file of a bundle.</summary>
/// <param name="Name">Its path relative to the bundle's folder, with <c>/</c>: <c>models/model.pt</c>.</param>
/// <param name="Path">Its full path on disk.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ModifiedUtc">When it was written last.</param>
public sealed record BundleFile(string Name, string Path, long Bytes, DateTime ModifiedUtc);
