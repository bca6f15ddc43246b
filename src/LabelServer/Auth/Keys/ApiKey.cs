namespace LabelServer.Auth.Keys;

/// <summary>A key as the file holds it: everything but the key itself.</summary>
public sealed record ApiKey
{
    /// <summary>Eight letters and digits that name the key; they stand in the key itself, so that its owner finds it in the list.</summary>
    public required string Id { get; init; }

    /// <summary>The user that the key stands for, as labels and logs name it.</summary>
    public required string Name { get; init; }

    /// <summary>The roles, flat.</summary>
    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>The SHA-256 of the whole key, 32 bytes. The key is random with 160 bits, so there is nothing to guess and a slow hash would only cost time.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was revoked; null while it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Whether it may be used at a time.</summary>
    public bool IsUsable(DateTimeOffset now) => Revoked is null && (Expires is not { } end || end > now);
}
