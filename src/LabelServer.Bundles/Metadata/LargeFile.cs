namespace LabelServer.Bundles.Metadata;

/// <summary>A file that a bundle names in <c>large_files.yml</c> instead of holding it.</summary>
/// <param name="Path">Where it belongs, relative to the bundle's folder, with <c>/</c>. Checked: it never leaves the folder.</param>
/// <param name="Url">Where it can be had: an absolute http or https address.</param>
/// <param name="HashValue">The checksum in lower-case hexadecimal digits; null when none is given.</param>
/// <param name="HashType">Which checksum: <c>md5</c>, <c>sha1</c>, <c>sha256</c> or <c>sha512</c>; null when none is given.</param>
public sealed record LargeFile(string Path, Uri Url, string? HashValue, string? HashType);
