using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Metadata;

/// <summary>Reads and checks <c>large_files.yml</c> (also <c>.yaml</c>, <c>.json</c>). All problems are collected before any is reported.</summary>
/// <remarks>Source: MONAI monai/bundle/scripts.py (download_large_files). Checked here because a downloader will write where it says: the path stays in the bundle, the address is http or https.</remarks>
internal sealed class LargeFilesReader(string file)
{
    private static readonly Dictionary<string, int> HashDigits = new() { ["md5"] = 32, ["sha1"] = 40, ["sha256"] = 64, ["sha512"] = 128 };

    private readonly List<string> _problems = [];

    public List<LargeFile> Read(ConfigValue.Map raw)
    {
        var files = new List<LargeFile>();
        if (raw.Find("large_files") is not ConfigValue.List list)
        {
            throw new MetadataException(file, ["'large_files' must be a list."]);
        }

        for (var i = 0; i < list.Items.Count; i++)
        {
            if (ReadOne(list.Items[i], $"large_files::{i}") is { } entry)
            {
                files.Add(entry);
            }
        }

        foreach (var twice in files.GroupBy(f => f.Path, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            _problems.Add($"'{twice.Key}' is listed {twice.Count()} times.");
        }

        return _problems.Count == 0 ? files : throw new MetadataException(file, _problems);
    }

    private LargeFile? ReadOne(ConfigValue value, string at)
    {
        if (value is not ConfigValue.Map entry)
        {
            _problems.Add($"'{at}' must be a dictionary with 'path' and 'url'.");
            return null;
        }

        var path = (Text(entry, "path") ?? string.Empty).Replace('\\', '/');
        var before = _problems.Count;
        if (!IsInside(path))
        {
            _problems.Add($"'{at}::path' is '{path}': it must be a relative path inside the bundle.");
        }

        if (!Uri.TryCreate(Text(entry, "url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            _problems.Add($"'{at}::url' must be an http or https address.");
        }

        var hashType = Text(entry, "hash_type")?.ToLowerInvariant();
        var hash = Text(entry, "hash_val")?.ToLowerInvariant();
        if (hash is not null || hashType is not null)
        {
            hashType ??= "md5";
            if (hash is null || !HashDigits.TryGetValue(hashType, out var digits) || hash.Length != digits || !hash.All(char.IsAsciiHexDigit))
            {
                _problems.Add($"'{at}::hash_val' and 'hash_type' do not fit: known are {string.Join(", ", HashDigits.Select(h => $"{h.Key} with {h.Value} hexadecimal digits"))}.");
            }
        }

        return _problems.Count == before ? new LargeFile(path, url!, hash, hash is null ? null : hashType) : null;
    }

    private static string? Text(ConfigValue.Map map, string key) => map.Find(key) is ConfigValue.Text text && text.Value.Trim().Length > 0 ? text.Value.Trim() : null;

    private static bool IsInside(string path) =>
        path.Length > 0 && !path.StartsWith('/') && !path.Contains(':', StringComparison.Ordinal) && !path.Any(char.IsControl) && path.Split('/').All(p => p is not ("" or "." or ".."));
}
