using System.Security.Cryptography;

namespace LabelServer.Auth.Keys;

/// <summary>The tokens that <c>POST /auth/token</c> gave for keys: random, short-lived, known to this process only. A token ends with its key.</summary>
/// <remarks>Only hashes are kept. A restart ends all tokens; clients log in again by themselves. Safe for concurrent use; bounded.</remarks>
public sealed class IssuedTokens(AuthSettings settings, KeyRing keys, TimeProvider time)
{
    private const string Prefix = "lst_";
    private const int Limit = 20_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string KeyId, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);

    /// <summary>Whether a text claims to be a token of this server.</summary>
    public static bool IsToken(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Prefix, StringComparison.Ordinal);
    }

    /// <summary>A new token for a key.</summary>
    public string Issue(ApiKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var token = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_tokens.Count >= Limit)
                RemoveOld(now);
            _tokens[Hash(token)] = (key.Id, now + settings.TokenLifetime);
        }

        return token;
    }

    /// <summary>The key that a token stands for; null when the token is unknown or too old, or its key is not usable any more.</summary>
    public ApiKey? Find(string token)
    {
        var hash = Hash(token);
        lock (_gate)
        {
            if (!_tokens.TryGetValue(hash, out var known))
                return null;
            if (known.Until <= time.GetUtcNow())
            {
                _tokens.Remove(hash);
                return null;
            }

            return keys.FindById(known.KeyId);
        }
    }

    private static string Hash(string token) => Convert.ToHexString(KeyText.Hash(token));

    // Lapsed ones go first; if all still hold, the half that ends first, whose owners log in again.
    private void RemoveOld(DateTimeOffset now)
    {
        var lapsed = _tokens.Where(t => t.Value.Until <= now).Select(t => t.Key).ToList();
        foreach (var hash in lapsed.Count > 0 ? lapsed : [.. _tokens.OrderBy(t => t.Value.Until).Take(_tokens.Count / 2).Select(t => t.Key)])
            _tokens.Remove(hash);
    }
}
