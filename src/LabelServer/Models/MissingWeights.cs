namespace LabelServer.Models;

/// <summary>The one text that people read when weights are missing: in <c>/info/</c>, in the log, on the start page and in the answer to an inference.</summary>
public static class MissingWeights
{
    /// <summary>Says which files are missing and how to get them.</summary>
    public static string Text(string modelId, IReadOnlyList<ModelWeights> missing)
    {
        var files = string.Join(" and ", missing.Select(w => w.Highres switch
        {
            true => $"{w.FileName} (highres true)",
            false => $"{w.FileName} (highres false)",
            null => w.FileName,
        }));
        var folder = Path.GetDirectoryName(missing[0].FilePath);
        var way = missing.Any(w => w.IsDownloadable)
            ? $"Fetch them with: labelserver models download {modelId} — or copy the file into {folder}; it is noticed without restart."
            : $"Copy the file into {folder}; it is noticed without restart.";
        return $"The model {modelId} has no weights {files}. {way}";
    }
}
