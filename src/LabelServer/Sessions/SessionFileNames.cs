using LabelServer.Datastore.Names;

namespace LabelServer.Sessions;

/// <summary>Makes names of a client's files into names that every disk takes, and no two the same.</summary>
internal sealed class SessionFileNames
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase) { SessionStore.MetaFile };

    /// <summary>A name for a file.</summary>
    /// <param name="name">The client's name, one segment.</param>
    public string Take(string name)
    {
        var safe = Safe(name);
        var extension = FileExtensions.Of(safe);
        var stem = safe[..^extension.Length];
        for (var number = 1; !_taken.Add(safe); number++)
        {
            safe = $"{stem}_{number}{extension}";
        }

        return safe;
    }

    /// <summary>One segment that every disk takes.</summary>
    public static string Safe(string name)
    {
        if (ImageIds.IsPortable(name))
        {
            return name;
        }

        var extension = FileExtensions.Of(name);
        extension = FileExtensions.IsAcceptable(extension) ? extension : string.Empty;
        var stem = string.Concat(name[..^extension.Length].Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        return $"_{stem}{extension}";
    }
}
