using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LabelServer.Sessions;

/// <summary>What is known about a session, as its file <c>meta.info</c> holds it (monailabel/utils/sessions.py).</summary>
public sealed record SessionInfo
{
    /// <summary>The session's id.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>The session's folder.</summary>
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>The image file, or the folder of the files of one image.</summary>
    [JsonPropertyName("image")]
    public required string Image { get; init; }

    /// <summary>Reserved; empty.</summary>
    [JsonPropertyName("meta")]
    public JsonObject Meta { get; init; } = [];

    /// <summary>When it was made, in seconds since 1970 UTC.</summary>
    [JsonPropertyName("create_ts")]
    public required long Created { get; init; }

    /// <summary>When it was last used, in seconds since 1970 UTC.</summary>
    [JsonPropertyName("last_access_ts")]
    public required long LastAccess { get; init; }

    /// <summary>How long it lives after its last use, in seconds.</summary>
    [JsonPropertyName("expiry")]
    public required long Expiry { get; init; }

    /// <summary>Whether it has expired.</summary>
    public bool IsExpired(long now) => LastAccess + Expiry < now;
}
