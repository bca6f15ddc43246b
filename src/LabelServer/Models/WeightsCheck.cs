using LabelServer.Bundles.Checkpoints;
using LabelServer.Errors;

namespace LabelServer.Models;

/// <summary>Looks whether a file that was uploaded as weights is one, before it replaces another. Read as data; nothing in it is executed.</summary>
internal static class WeightsCheck
{
    /// <summary>Requires a readable file of weights and, when there is a former one that can be read, the same tensors as it has.</summary>
    /// <param name="uploaded">The file that was sent.</param>
    /// <param name="present">The file that it would replace; need not exist.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="CheckpointException">The upload is damaged, asks for code, or holds no weights.</exception>
    /// <exception cref="ConflictException">Its tensors are not those of the former file; names the first that differ.</exception>
    public static void RequireReplaceable(string uploaded, string present, CancellationToken cancellationToken)
    {
        using var replacement = Read(uploaded, "the uploaded file", cancellationToken);
        if (!File.Exists(present) || Describe(present, cancellationToken) is not { } former)
            return;
        var wanted = former.ToHashSet(StringComparer.Ordinal);
        var sent = replacement.Tensors.Select(Describe).ToHashSet(StringComparer.Ordinal);
        var missing = wanted.Except(sent).Take(3).ToList();
        var extra = sent.Except(wanted).Take(3).ToList();
        if (missing.Count + extra.Count > 0)
        {
            throw new ConflictException($"The upload does not fit the network of {Path.GetFileName(present)}: {Say("it lacks", missing)}{(missing.Count > 0 && extra.Count > 0 ? "; " : string.Empty)}{Say("it has", extra)}. "
                + "The present weights stay in use. To change the network, replace the bundle's folder.");
        }
    }

    // The present file may be damaged: that is no reason to refuse a good one.
    private static List<string>? Describe(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var checkpoint = Checkpoint.Read(path, cancellation: cancellationToken);
            return [.. checkpoint.Tensors.Select(Describe)];
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static string Describe(CheckpointTensor tensor) => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]";

    private static string Say(string verb, List<string> tensors) => tensors.Count == 0 ? string.Empty : $"{verb} {string.Join(" and ", tensors)}";

    private static Checkpoint Read(string path, string name, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.RandomAccess);
        try
        {
            return Checkpoint.Read(file, name, cancellation: cancellationToken);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
