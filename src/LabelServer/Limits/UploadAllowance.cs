using LabelServer.Auth;

namespace LabelServer.Limits;

/// <summary>Counts the bytes that each user uploads within an hour.</summary>
/// <remarks>The hour begins with the first upload after the last one ended. Safe for concurrent use; users whose hour is over are forgotten.</remarks>
public sealed class UploadAllowance(LimitSettings settings, AuthState state, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DateTimeOffset Start, long Bytes)> _used = new(StringComparer.Ordinal);

    /// <summary>Whether uploads are counted now.</summary>
    public bool IsOn => settings.UploadPerHour is not null && (state.IsEnabled || settings.IsUploadSet);

    /// <summary>Takes bytes from a user's hour.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="bytes">How many; 0 only asks whether there is room for <paramref name="announced"/>.</param>
    /// <param name="announced">How many more the client says that it will send.</param>
    /// <exception cref="UploadAllowanceException">They are more than the user has left.</exception>
    public void Spend(string user, long bytes, long announced = 0)
    {
        var limit = settings.UploadPerHour ?? long.MaxValue;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_used.Count > 1000)
                Forget(now);
            var (start, used) = _used.TryGetValue(user, out var known) && known.Start + Window > now ? known : (now, 0);
            if (used + bytes + announced > limit)
                throw new UploadAllowanceException(limit, start + Window - now);
            if (bytes > 0)
                _used[user] = (start, used + bytes);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var user in _used.Where(u => u.Value.Start + Window <= now).Select(u => u.Key).ToList())
            _used.Remove(user);
    }
}
