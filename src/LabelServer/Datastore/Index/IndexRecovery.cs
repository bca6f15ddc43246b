using System.Text.Json;
using LabelServer.Datastore.Disk;
using LabelServer.Datastore.Names;

namespace LabelServer.Datastore.Index;

/// <summary>Finds the state at start: the index file, then what the journal knows beyond it, then the steps that a crash left undone.</summary>
internal sealed partial class IndexRecovery(StudiesLayout layout, IStoreDisk disk, bool readOnly, ILogger logger)
{
    /// <summary>Recovers the store.</summary>
    public StoreIndex Recover()
    {
        var checkpoint = IndexCheckpoint.Read(layout.IndexState);
        var (header, images, isWhole) = ReadIndexFile();
        var journal = Journal.Read(layout.Journal, isWhole ? checkpoint.Sequence : 0);
        if (journal.DamagedLines > 0)
        {
            LogDamagedLines(journal.DamagedLines, layout.Journal);
        }

        if (!isWhole)
        {
            LogRebuilt(IndexFile.FileName, journal.Entries.Count);
        }

        layout.UseHeader(header);
        var byStem = Usable(images).ToDictionary(i => i.Stem, StringComparer.Ordinal);
        var last = new Dictionary<string, JournalEntry>(StringComparer.Ordinal);
        foreach (var entry in journal.Entries)
        {
            last[entry.Stem] = entry;
        }

        foreach (var entry in last.Values)
        {
            Replay(entry, byStem);
        }

        var stamped = byStem.Values.Select(i => checkpoint.Stamps.TryGetValue(i.Stem, out var stamp) ? i with { ChecksumStamp = stamp } : i);
        var state = StoreState.Of(header, WithDistinctIds(stamped));
        var sequence = Math.Max(checkpoint.Sequence, journal.LastSequence);
        var written = isWhole && last.Count == 0 ? state : null;
        return new(layout, disk, state, readOnly ? null : OpenJournal(journal, state, sequence), sequence, written);
    }

    private Journal OpenJournal(JournalContent content, StoreState state, long sequence) =>
        content.SoundLength > 0 ? Journal.Open(layout.Journal, content.SoundLength, disk) : Journal.Start(layout.Journal, StoreIndex.Lines(state, sequence), disk);

    /// <summary>The last change of an image is the only one whose steps may be undone: changes of one image never overlap.</summary>
    private void Replay(JournalEntry entry, Dictionary<string, ImageEntry> images)
    {
        if (!readOnly)
        {
            var moved = false;
            DiskStepRunner.Run(layout, disk, entry.Steps, ref moved);
            if (moved && entry.Steps.From is not null)
            {
                LogFinished(entry.Stem);
            }
        }

        if (entry.Image is null)
        {
            images.Remove(entry.Stem);
        }
        else if (Usable([entry.Image]).Any())
        {
            images[entry.Stem] = entry.Image;
        }
    }

    private (IndexHeader Header, List<ImageEntry> Images, bool IsWhole) ReadIndexFile()
    {
        if (!File.Exists(layout.IndexFilePath))
        {
            return (IndexHeader.Default, [], !File.Exists(layout.Journal));
        }

        var bytes = File.ReadAllBytes(layout.IndexFilePath);
        try
        {
            var (header, images) = IndexFile.Read(bytes);
            return (header, images, true);
        }
        catch (JsonException exception)
        {
            KeepDamaged(exception.Message);
            return (IndexHeader.Default, [], false);
        }
    }

    private void KeepDamaged(string reason)
    {
        var kept = IndexFile.FileName + ".damaged";
        LogDamagedIndex(IndexFile.FileName, reason, kept);
        if (!readOnly)
        {
            disk.Move(layout.IndexFilePath, Path.Combine(layout.Hidden, kept));
        }
    }

    /// <summary>Leaves out what would lead outside the folder: MONAI Label wrote such entries for ids like <c>../x</c>.</summary>
    private IEnumerable<ImageEntry> Usable(IEnumerable<ImageEntry> images)
    {
        foreach (var image in images)
        {
            if (!StudiesLayout.IsSegment(image.FileName))
            {
                LogUnsafe(ImageIds.Printable(image.Stem), ImageIds.Printable(image.FileName));
                continue;
            }

            var labels = image.Labels.Where(l => StudiesLayout.IsSegment(l.Tag) && StudiesLayout.IsSegment(image.Stem + l.Extension)).ToList();
            if (labels.Count < image.Labels.Count)
            {
                LogUnsafe(ImageIds.Printable(image.Stem), "a label tag");
            }

            yield return image with { Labels = labels };
        }
    }

    /// <summary>An id that two entries claim goes to the one that is stored under it; the other is known by its file's name.</summary>
    private static IEnumerable<ImageEntry> WithDistinctIds(IEnumerable<ImageEntry> images)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var image in images.OrderBy(i => i.Id == i.Stem ? 0 : 1))
        {
            yield return seen.Add(image.Id) ? image : image with { Id = image.Stem };
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} damaged lines in the journal {Path} were left out.")]
    private partial void LogDamagedLines(int count, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is missing or damaged: the images and labels were found in the folder and {Lines} lines of the journal. Names and other info of labels that are not in the journal are lost.")]
    private partial void LogRebuilt(string file, int lines);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be read ({Reason}). It is kept as .labelserver/{Kept}.")]
    private partial void LogDamagedIndex(string file, string reason, string kept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The index entry '{Stem}' is left out: {What} leads outside the studies folder.")]
    private partial void LogUnsafe(string stem, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "Finished the interrupted change of '{Stem}'.")]
    private partial void LogFinished(string stem);
}
