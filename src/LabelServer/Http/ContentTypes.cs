using System.Collections.Frozen;

namespace LabelServer.Http;

/// <summary>The content type of a file, by its name. Fixed, so that it does not depend on the host; never one that holds the word <c>multipart</c>, by which clients recognise answers.</summary>
public static class ContentTypes
{
    /// <summary>What everything else is served as, medical images included.</summary>
    public const string Default = "application/octet-stream";

    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".dcm"] = "application/dicom",
        [".html"] = "text/html; charset=utf-8",
        [".ico"] = "image/x-icon",
        [".jpeg"] = "image/jpeg",
        [".jpg"] = "image/jpeg",
        [".json"] = "application/json",
        [".log"] = "text/plain; charset=utf-8",
        [".png"] = "image/png",
        [".tif"] = "image/tiff",
        [".tiff"] = "image/tiff",
        [".txt"] = "text/plain; charset=utf-8",
        [".xml"] = "application/xml",
        [".zip"] = "application/zip",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The content type for a file name.</summary>
    public static string Of(string fileName) => ByExtension.GetValueOrDefault(Path.GetExtension(fileName), Default);
}
