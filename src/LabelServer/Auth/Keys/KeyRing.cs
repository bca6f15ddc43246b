using System.Security.Cryptography;

namespace LabelServer.Auth.Keys;

/// <summary>The keys that hold at this moment. The file is looked at for each request, so that a key which was added or revoked counts from the next request on.</summary>
/// <remarks>A file that is damaged or unreadable lets nobody in, and the log says so. Safe for concurrent use.</remarks>
public sealed partial class KeyRing
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyRing> _logger;
    private readonly Lock _gate = new();
    private volatile bool _existed;
    private (DateTime Written, long Length)? _stamp;
    private string? _problem;
    private Dictionary<string, ApiKey> _keys = [];

    /// <summary>Wraps the file of keys, which need not exist.</summary>
    public KeyRing(AuthSettings settings, TimeProvider time, ILogger<KeyRing> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _path = settings.KeysFile;
        _time = time;
        _logger = logger;
    }

    /// <summary>Whether there is a file of keys, or was one since the server started.</summary>
    public bool Exists => _existed || (_existed = File.Exists(_path));

    /// <summary>The usable key of this text, or null. Takes the same time however much of it is right.</summary>
    /// <param name="text">What the client sent.</param>
    public ApiKey? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var key = KeyText.IdOf(text) is { } id ? Current().GetValueOrDefault(id) : null;
        var isRight = CryptographicOperations.FixedTimeEquals(KeyText.Hash(text), key?.Hash ?? NoHash);
        return isRight && key is not null && key.IsUsable(_time.GetUtcNow()) ? key : null;
    }

    /// <summary>The usable key with this id, or null: asked for each use of a token that the key was exchanged for.</summary>
    public ApiKey? FindById(string id) => Current().GetValueOrDefault(id) is { } key && key.IsUsable(_time.GetUtcNow()) ? key : null;

    private Dictionary<string, ApiKey> Current()
    {
        var file = new FileInfo(_path);
        (DateTime, long)? stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
        lock (_gate)
        {
            if (stamp == _stamp)
                return _keys;
            _existed |= stamp is not null;
            (_keys, var isWhole) = Load();

            // A file that could not be read is tried again: its rights may be put right without its time changing.
            _stamp = isWhole ? stamp : null;
            return _keys;
        }
    }

    private (Dictionary<string, ApiKey> Keys, bool IsWhole) Load()
    {
        try
        {
            var keys = KeyFile.Read(_path);
            LogRead(keys.Count(k => k.IsUsable(_time.GetUtcNow())), keys.Count);
            _problem = null;
            return (keys.ToDictionary(k => k.Id, StringComparer.Ordinal), true);
        }
        catch (Exception error) when (error is KeyFileException or ArgumentException)
        {
            if (_problem != error.Message)
                LogUnusable(error.Message);
            _problem = error.Message;
            return ([], false);
        }
    }

    [LoggerMessage(120, LogLevel.Information, "The file of keys was read: {Usable} of {All} keys can be used.")]
    private partial void LogRead(int usable, int all);

    [LoggerMessage(121, LogLevel.Error, "No key is accepted: {Reason}")]
    private partial void LogUnusable(string reason);
}
