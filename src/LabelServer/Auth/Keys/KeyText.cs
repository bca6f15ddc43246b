using System.Security.Cryptography;
using System.Text;

namespace LabelServer.Auth.Keys;

/// <summary>The text of a key: <c>lsk_ID_SECRET</c>, an id of 8 and a secret of 32 letters and digits (160 random bits).</summary>
internal static class KeyText
{
    /// <summary>What every key starts with; scanners for leaked secrets can look for it.</summary>
    public const string Prefix = "lsk_";

    private const int IdLength = 8;
    private const int SecretLength = 32;

    // 32 characters, so that each takes exactly 5 random bits; without those that are easily mistaken for others.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz023456789";

    /// <summary>A new id.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>A new key with this id.</summary>
    public static string New(string id) => $"{Prefix}{id}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";

    /// <summary>Whether a text claims to be a key.</summary>
    public static bool IsKey(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The id in a key; null when the text has not the form of one.</summary>
    public static string? IdOf(string key)
        => IsKey(key) && key.Length == Prefix.Length + IdLength + 1 + SecretLength && key[Prefix.Length + IdLength] == '_' ? key.Substring(Prefix.Length, IdLength) : null;

    /// <summary>The SHA-256 of a key or token.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
