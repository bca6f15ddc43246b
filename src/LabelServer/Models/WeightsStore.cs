using System.Globalization;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Errors;

namespace LabelServer.Models;

/// <summary>Replaces and takes away weights files of models. Nothing is destroyed: the former file stays beside the new one under a name with its time.</summary>
/// <remarks>Safe for concurrent use; replacements take turns.</remarks>
internal sealed partial class WeightsStore(ModelCatalog catalog, TimeProvider time, ILogger<WeightsStore> logger)
{
    private readonly Lock _gate = new();

    /// <summary>A weights file that is there.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="fileName">Which file, or null for the first that the model lists: a second request to take the weights away must not hit other weights.</param>
    /// <exception cref="ResourceNotFoundException">The model or the file does not exist; names the files that are there.</exception>
    public ModelWeights Find(string model, string? fileName)
    {
        var listed = Listed(model);
        var wanted = listed.FirstOrDefault(w => fileName is null || w.FileName == fileName);
        if (wanted is { IsPresent: true })
            return wanted;
        var others = string.Join(", ", listed.Where(w => w.IsPresent).Select(w => w.FileName));
        throw new ResourceNotFoundException(
            $"Model File NOT Found for {model}{(fileName is not null || others.Length == 0 ? string.Empty : $": it has no {wanted?.FileName}, but {others}. Name it with ?model_filename=.")}");
    }

    /// <summary>The weights file that an upload replaces.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="fileName">Which file, or null for the first that the model lists.</param>
    /// <exception cref="ResourceNotFoundException">The model does not exist, or lists no such file.</exception>
    public ModelWeights Target(string model, string? fileName)
        => Listed(model).FirstOrDefault(w => fileName is null || w.FileName == fileName) ?? throw new ResourceNotFoundException($"Model File Name NOT configured for {model}");

    /// <summary>Puts an uploaded file in place after looking whether it holds weights.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="target">The file to replace.</param>
    /// <param name="uploaded">The upload, on the same disk; moved.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="CheckpointException">The file is damaged, asks for code, or holds no weights.</exception>
    /// <exception cref="ConflictException">Its tensors are not those of the file that it would replace.</exception>
    public async Task ReplaceAsync(string model, ModelWeights target, string uploaded, CancellationToken cancellationToken)
    {
        // Reading is synchronous: not on the thread of a request.
        await Task.Run(() => WeightsCheck.RequireReplaceable(uploaded, target.FilePath, cancellationToken), cancellationToken);
        lock (_gate)
        {
            if (File.Exists(target.FilePath))
                File.Copy(target.FilePath, Aside(target.FilePath, "replaced"));
            File.Move(uploaded, target.FilePath, overwrite: true);
        }

        LogReplaced(model, target.FileName);
    }

    /// <summary>Renames a weights file, so that the model no longer finds it.</summary>
    /// <exception cref="ResourceNotFoundException">The model or the file does not exist.</exception>
    public void Remove(string model, string? fileName)
    {
        lock (_gate)
        {
            var weights = Find(model, fileName);
            var aside = Aside(weights.FilePath, "deleted");
            File.Move(weights.FilePath, aside);
            LogRemoved(model, weights.FileName, aside);
        }
    }

    private IReadOnlyList<ModelWeights> Listed(string model) => catalog.Models.FirstOrDefault(m => m.Id == model)?.Weights ?? [];

    private string Aside(string path, string why)
    {
        var name = path + time.GetLocalNow().ToString("'.'yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        var candidate = $"{name}.{why}";
        for (var number = 2; File.Exists(candidate); number++)
            candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}.{why}");
        return candidate;
    }

    [LoggerMessage(130, LogLevel.Information, "The weights {File} of {Model} were replaced by an upload")]
    private partial void LogReplaced(string model, string file);

    [LoggerMessage(131, LogLevel.Warning, "The weights {File} of {Model} were taken away; they are kept as {Aside}")]
    private partial void LogRemoved(string model, string file, string aside);
}
