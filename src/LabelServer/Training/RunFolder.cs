using System.Text.Json;
using LabelServer.Hosting;
using LabelServer.Http;

namespace LabelServer.Training;

/// <summary>What a training job keeps on disk so that it goes on with the same data after a restart: copies of its labels and the list of its images. Removed when the job ends.</summary>
internal sealed class RunFolder
{
    private readonly string _folder;

    /// <summary>Names the folder of a job; nothing is created yet.</summary>
    public RunFolder(ServerOptions options, string jobId)
    {
        _folder = Path.Combine(options.StateFolder, "training", jobId);
    }

    /// <summary>The folder for the copies of labels.</summary>
    public string Labels => Path.Combine(_folder, "labels");

    private string List => Path.Combine(_folder, "images.json");

    /// <summary>The images that were chosen before, or null when there was no such moment.</summary>
    public async Task<TrainingSet?> FindAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(List))
            return null;
        try
        {
            await using var file = File.OpenRead(List);
            return await JsonSerializer.DeserializeAsync(file, RecordJson.Default.TrainingSet, cancellationToken);
        }
        catch (JsonException)
        {
            // Cut off by the end of the machine: the images are chosen again.
            return null;
        }
    }

    /// <summary>Notes the images, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public async Task SaveAsync(TrainingSet set, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var temporary = List + ".tmp";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await JsonSerializer.SerializeAsync(file, set, RecordJson.Default.TrainingSet, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, List, overwrite: true);
    }

    /// <summary>Removes the folder.</summary>
    public void Remove()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Removes the folders of other jobs. Only one job runs at a time, so they are what a killed server left behind.</summary>
    public void RemoveOthers()
    {
        if (Path.GetDirectoryName(_folder) is not { } parent || !Directory.Exists(parent))
            return;
        foreach (var folder in Directory.EnumerateDirectories(parent).Where(f => f != _folder))
            Directory.Delete(folder, recursive: true);
    }
}
