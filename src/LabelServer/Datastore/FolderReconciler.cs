using LabelServer.Datastore.Index;
using LabelServer.Datastore.Names;

namespace LabelServer.Datastore;

/// <summary>Brings the state in line with the files that lie in the folder: files added or removed by hand. The folder is right; the index only adds what it knows.</summary>
/// <remarks>Source of the rules: monailabel/datastore/local.py, <c>_reconcile_datastore</c>. Different here: order is sorted, only the end of a name is its extension, <c>.seg.nrrd</c> labels keep theirs.</remarks>
internal sealed partial class FolderReconciler(StudiesLayout layout, FilePatterns patterns, DepartedFiles departed, TimeProvider time, ILogger logger)
{
    /// <summary>The state as the folder has it.</summary>
    /// <param name="state">The state.</param>
    /// <param name="listing">What lies in the folder.</param>
    /// <param name="isBusy">Images (by id) that are being changed just now; they stay as they are.</param>
    /// <param name="isReserved">Stems of images that are being added just now; their files are left alone.</param>
    public StoreState Reconcile(StoreState state, FolderListing listing, Func<string, bool> isBusy, Func<string, bool> isReserved)
    {
        var images = new List<ImageEntry>(Math.Max(state.Count, listing.Images.Count));
        var stems = new HashSet<string>(StringComparer.Ordinal);
        var changed = false;
        foreach (var image in state.Images)
        {
            if (!isBusy(image.Id) && !listing.ImageFiles.Contains(image.FileName) && !File.Exists(layout.ImageFile(image)))
            {
                LogImageGone(image.Id);
                departed.Add(image);
                changed = true;
                continue;
            }

            var kept = isBusy(image.Id) ? image : WithoutStaleChecksum(WithoutGoneLabels(image, listing));
            changed |= !ReferenceEquals(kept, image);
            images.Add(kept);
            stems.Add(image.Stem);
        }

        foreach (var (stem, extension) in listing.Images.Where(i => !stems.Contains(i.Key)).OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            if (!isReserved(stem) && state.FindByStem(stem) is null && File.Exists(Path.Combine(layout.Images, stem + extension)))
            {
                images.Add(Found(state, stem, extension));
                stems.Add(stem);
                changed = true;
            }
        }

        changed |= AddFoundLabels(images, listing, isBusy);
        return changed ? StoreState.Of(state.Header, images) : state;
    }

    private ImageEntry Found(StoreState state, string stem, string extension)
    {
        var image = departed.FindImage(stem, extension) ?? new ImageEntry { Id = stem, Stem = stem, Extension = extension, Info = FoundInfo(stem + extension) };

        // Somebody else may have taken the id meanwhile.
        return state.Find(image.Id) is null ? WithoutStaleChecksum(image) : image with { Id = stem };
    }

    /// <summary>A file that was replaced by hand has another checksum; Slicer would refuse it with the old one.</summary>
    private ImageEntry WithoutStaleChecksum(ImageEntry image)
    {
        if (image.ChecksumStamp is not { } stamp)
        {
            return image;
        }

        var file = new FileInfo(layout.ImageFile(image));
        return file.Exists && new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) == stamp ? image : image with { ChecksumStamp = null, Info = image.Info.Without(LocalDatastore.ChecksumKey) };
    }

    private ImageEntry WithoutGoneLabels(ImageEntry image, FolderListing listing)
    {
        var result = image;
        foreach (var label in image.Labels)
        {
            var isThere = listing.LabelFiles.TryGetValue(label.Tag, out var files) && files.Contains(image.Stem + label.Extension);
            if (!isThere && !File.Exists(layout.LabelFile(image, label)))
            {
                LogLabelGone(label.Tag, image.Id);
                departed.Add(image, label);
                result = result.WithoutLabel(label.Tag);
            }
        }

        return result;
    }

    private bool AddFoundLabels(List<ImageEntry> images, FolderListing listing, Func<string, bool> isBusy)
    {
        var byStem = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < images.Count; i++)
        {
            byStem[images[i].Stem] = i;
        }

        var changed = false;
        foreach (var (tag, files) in listing.LabelFiles)
        {
            foreach (var file in files)
            {
                if (TrySplitLabel(file, byStem, out var at, out var extension) && images[at].FindLabel(tag) is null && !isBusy(images[at].Id))
                {
                    var label = departed.FindLabel(images[at].Stem, tag, extension) ?? new LabelEntry { Tag = tag, Extension = extension, Info = FoundInfo(file) };
                    images[at] = images[at].WithLabel(label);
                    changed = true;
                }
            }
        }

        return changed;
    }

    /// <summary><c>x.seg.nrrd</c> is the segmentation of <c>x</c>; only when there is no such image it may be the label <c>.nrrd</c> of an image <c>x.seg</c>, as MONAI Label sees it.</summary>
    private bool TrySplitLabel(string file, Dictionary<string, int> byStem, out int at, out string extension)
    {
        const string segmentation = ".seg.nrrd";
        if (file.EndsWith(segmentation, StringComparison.Ordinal) && byStem.TryGetValue(file[..^segmentation.Length], out at))
        {
            extension = segmentation;
            return true;
        }

        at = -1;
        return patterns.TrySplit(file, out var stem, out extension) && byStem.TryGetValue(stem, out at);
    }

    private InfoDocument FoundInfo(string name) => InfoDocument.Empty.With("ts", time.GetUtcNow().ToUnixTimeSeconds()).With("name", name);

    [LoggerMessage(Level = LogLevel.Information, Message = "The file of the image '{Id}' is gone; it is no longer offered.")]
    private partial void LogImageGone(string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "The file of the label '{Tag}' of the image '{Id}' is gone; it is no longer offered.")]
    private partial void LogLabelGone(string tag, string id);
}
