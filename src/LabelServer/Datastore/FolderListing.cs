using System.IO.Enumeration;
using LabelServer.Datastore.Names;

namespace LabelServer.Datastore;

/// <summary>The image and label files that lie in a studies folder, from one listing of each folder.</summary>
internal sealed partial class FolderListing
{
    private FolderListing(Dictionary<string, string> images, HashSet<string> imageFiles, SortedDictionary<string, SortedSet<string>> labelFiles)
    {
        Images = images;
        ImageFiles = imageFiles;
        LabelFiles = labelFiles;
    }

    /// <summary>Stem → extension of the files that are images by their name.</summary>
    public IReadOnlyDictionary<string, string> Images { get; }

    /// <summary>The names of all files in the image folder that may be served, whatever their extension.</summary>
    public IReadOnlySet<string> ImageFiles { get; }

    /// <summary>The names of all files in the folder of each tag that may be served.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> LabelFiles { get; }

    /// <summary>Lists the folders.</summary>
    /// <returns>Null when the studies folder is not there now, as when a network drive has gone.</returns>
    public static FolderListing? Read(StudiesLayout layout, FilePatterns patterns, bool followOutsideLinks, ILogger logger)
    {
        if (!Directory.Exists(layout.Images))
        {
            return null;
        }

        var images = new Dictionary<string, string>(StringComparer.Ordinal);
        var imageFiles = Names(layout, layout.Images, followOutsideLinks, logger);
        foreach (var name in imageFiles.Order(StringComparer.Ordinal))
        {
            if (patterns.TrySplit(name, out var stem, out var extension))
            {
                // Two files of one stem (x.nii and x.nii.gz): the first in order is the image, as long as the index does not say otherwise.
                images.TryAdd(stem, extension);
            }
        }

        var labelFiles = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        if (Directory.Exists(layout.Labels))
        {
            foreach (var folder in new DirectoryInfo(layout.Labels).EnumerateDirectories())
            {
                if (folder.Name[0] != '.' && (followOutsideLinks || layout.IsInside(folder)))
                {
                    labelFiles[folder.Name] = new(Names(layout, folder.FullName, followOutsideLinks, logger), StringComparer.Ordinal);
                }
            }
        }

        return new(images, imageFiles, labelFiles);
    }

    private static HashSet<string> Names(StudiesLayout layout, string folder, bool followOutsideLinks, ILogger logger)
    {
        // The system says with each name whether it is a link; only of links more is asked.
        var names = new HashSet<string>(FileNames(folder, FileAttributes.ReparsePoint), StringComparer.Ordinal);
        foreach (var name in FileNames(folder, 0))
        {
            if (names.Contains(name))
            {
                continue;
            }

            var file = new FileInfo(Path.Combine(folder, name));
            if (followOutsideLinks || layout.IsInside(file))
            {
                names.Add(name);
            }
            else
            {
                LogOutsideLink(logger, file.FullName);
            }
        }

        return names;
    }

    private static FileSystemEnumerable<string> FileNames(string folder, FileAttributes left) =>
        new(folder, (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = left, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "'{Path}' is a link to a place outside the studies folder and is left out. Copy the file, or allow such links with MONAI_LABEL_DATASTORE_FOLLOW_LINKS=true.")]
    private static partial void LogOutsideLink(ILogger logger, string path);
}
