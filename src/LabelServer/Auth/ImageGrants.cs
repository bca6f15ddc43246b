using System.Net;

namespace LabelServer.Auth;

/// <summary>Which images may be fetched without a token, from where and until when.</summary>
/// <remarks>
/// Slicer's panel logs in for everything but the download of the image that a next-sample answer named: that one goes through Slicer's own downloader, which knows no header. So the answer lets exactly that
/// image be fetched, by GET, from the address that asked, for a few minutes. Safe for concurrent use; bounded.
/// </remarks>
public sealed class ImageGrants(AuthSettings settings, TimeProvider time)
{
    private const int Limit = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Image, IPAddress Address), (DateTimeOffset Until, string User)> _grants = [];

    /// <summary>Lets the sender of a request fetch an image without a token for a while. Nothing is granted to one who has not logged in.</summary>
    public void Allow(HttpContext context, string imageId)
    {
        var user = CurrentUser.Of(context);
        if (!user.IsLoggedIn || user.Address is null || settings.ImageGrantTime <= TimeSpan.Zero)
            return;
        lock (_gate)
        {
            if (_grants.Count >= Limit)
                RemoveLapsed();
            if (_grants.Count < Limit)
                _grants[(imageId, user.Address)] = (time.GetUtcNow() + settings.ImageGrantTime, user.Name);
        }
    }

    /// <summary>For whom an image may be fetched from an address now; null when it may not.</summary>
    public string? GrantedTo(string imageId, IPAddress? address)
    {
        if (address is null)
            return null;
        lock (_gate)
        {
            if (!_grants.TryGetValue((imageId, address), out var grant))
                return null;
            if (grant.Until > time.GetUtcNow())
                return grant.User;
            _grants.Remove((imageId, address));
            return null;
        }
    }

    private void RemoveLapsed()
    {
        var now = time.GetUtcNow();
        foreach (var key in _grants.Where(g => g.Value.Until <= now).Select(g => g.Key).ToList())
            _grants.Remove(key);
    }
}
