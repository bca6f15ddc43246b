using LabelServer.Inference;

namespace LabelServer.CommandLine;

/// <summary>Finds the files that belong to an image on disk.</summary>
internal static class ImageFiles
{
    /// <summary>The image's parts, its header first: <c>.hdr</c> with its <c>.img</c>, whichever of the two is named; any other image is one file.</summary>
    public static IReadOnlyList<InferenceImagePart> PartsOf(string path)
    {
        foreach (var compression in new[] { string.Empty, ".gz" })
        {
            foreach (var (own, other) in new[] { (".hdr", ".img"), (".img", ".hdr") })
            {
                if (!path.EndsWith(own + compression, StringComparison.OrdinalIgnoreCase))
                    continue;
                var stem = path[..^(own + compression).Length];
                var pair = new[] { stem + other + compression, stem + other }.FirstOrDefault(File.Exists);
                if (pair is not null)
                    return own == ".hdr" ? [InferenceImagePart.FromFile(path), InferenceImagePart.FromFile(pair)] : [InferenceImagePart.FromFile(pair), InferenceImagePart.FromFile(path)];
            }
        }

        return [InferenceImagePart.FromFile(path)];
    }
}
