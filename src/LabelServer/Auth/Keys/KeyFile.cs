using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Datastore.Disk;

namespace LabelServer.Auth.Keys;

/// <summary>The file of keys: JSON, readable by its owner only, replaced whole. It holds hashes, never keys.</summary>
/// <remarks>Revoked keys stay in it: who has made a label stays known, and a file whose last key was revoked still means that a log-in is asked for.</remarks>
internal static class KeyFile
{
    private const int Version = 1;

    /// <summary>Reads the keys; none when there is no file.</summary>
    /// <exception cref="KeyFileException">The file is there and cannot be read, or holds something else.</exception>
    public static IReadOnlyList<ApiKey> Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                return [];
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
                throw new KeyFileException($"The file of keys '{path}' was written by a newer version of this program.");
            return [.. root.GetProperty("keys").EnumerateArray().Select(ReadKey)];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new KeyFileException($"The file of keys '{path}' is damaged ({error.Message}). Until it is put right nobody can log in with a key. Restore it, or move it away and add keys anew.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The file of keys '{path}' cannot be read: {error.Message} It must belong to the user that runs the server; run 'labelserver keys' as that user.", error);
        }
    }

    /// <summary>Changes the keys, one process at a time.</summary>
    /// <param name="path">The file; it and its folder are created.</param>
    /// <param name="change">Makes the new list of the old one.</param>
    /// <exception cref="KeyFileException">The file cannot be read or written, or another process is changing it.</exception>
    public static void Change(string path, Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var turn = new FileStream(path + ".lock", Private(FileMode.OpenOrCreate, FileShare.None));
            Write(path, change(Read(path)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The file of keys '{path}' cannot be changed: {error.Message}", error);
        }
    }

    private static void Write(string path, IReadOnlyList<ApiKey> keys)
    {
        var json = new JsonObject { ["version"] = Version, ["keys"] = new JsonArray([.. keys.Select(k => (JsonNode?)WriteKey(k))]) };
        var disk = new LocalDisk();
        var draft = path + ".new";
        using (var file = new FileStream(draft, Private(FileMode.Create, FileShare.None)))
        {
            file.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Indented)));
            file.Flush(flushToDisk: true);
        }

        disk.Move(draft, path);
        disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // On Windows the file takes over the rights of its folder.
    private static FileStreamOptions Private(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static JsonObject WriteKey(ApiKey key) => new()
    {
        ["id"] = key.Id,
        ["name"] = key.Name,
        ["roles"] = new JsonArray([.. key.Roles.Select(r => (JsonNode?)KeyRoles.Word(r))]),
        ["sha256"] = Convert.ToHexStringLower(key.Hash),
        ["created"] = key.Created,
        ["expires"] = key.Expires,
        ["revoked"] = key.Revoked,
    };

    private static ApiKey ReadKey(JsonElement json) => new()
    {
        Id = json.GetProperty("id").GetString()!,
        Name = json.GetProperty("name").GetString()!,
        Roles = [.. json.GetProperty("roles").EnumerateArray().Select(r => KeyRoles.Parse(r.GetString()!) ?? throw new FormatException($"there is no role '{r.GetString()}'"))],
        Hash = Convert.FromHexString(json.GetProperty("sha256").GetString()!),
        Created = json.GetProperty("created").GetDateTimeOffset(),
        Expires = ReadTime(json, "expires"),
        Revoked = ReadTime(json, "revoked"),
    };

    private static DateTimeOffset? ReadTime(JsonElement json, string name)
        => json.TryGetProperty(name, out var time) && time.ValueKind != JsonValueKind.Null ? time.GetDateTimeOffset() : null;
}
