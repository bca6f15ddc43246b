using System.Runtime.InteropServices;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Fills a module with named tensors, all of them or none. Those that nothing reads (<see cref="IUnreadWeights"/>) may be missing.</summary>
public static class ModuleWeights
{
    private const int MostNamed = 5;

    /// <summary>Copies each tensor into the parameter or buffer of its name, converted to that one's number type.</summary>
    /// <param name="module">The module.</param>
    /// <param name="tensors">Tensors by state key.</param>
    /// <param name="source">What they come from, for messages.</param>
    /// <exception cref="NetworkWeightsException">Keys are missing or unexpected, or a tensor has another shape; the message names the first few of each.</exception>
    public static void Fill(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        var targets = module.state_dict();
        var read = targets.Where(t => IsRead(module, t.Key)).ToList();
        Check(read.ToDictionary(t => t.Key, t => t.Value.shape), tensors.Where(t => IsRead(module, t.Key)).ToDictionary(t => t.Key, t => t.Value.shape), source);
        using var gradient = no_grad();
        foreach (var (key, target) in read)
        {
            target.copy_(tensors[key]);
        }
    }

    /// <summary>Reads a checkpoint's tensors one after the other into the parameters and buffers of their names.</summary>
    /// <param name="module">The module, on the host.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="source">What it is called in messages.</param>
    /// <param name="cancellationToken">Looked at before each tensor.</param>
    /// <exception cref="NetworkWeightsException">Keys are missing or unexpected, or a tensor has another shape; the message names the first few of each.</exception>
    /// <exception cref="CheckpointException">A tensor's values are damaged.</exception>
    public static void Fill(nn.Module module, Checkpoint checkpoint, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(checkpoint);
        var targets = module.state_dict();
        var read = targets.Where(t => IsRead(module, t.Key)).ToList();
        var stored = checkpoint.Tensors.Where(t => IsRead(module, t.Name));
        Check(read.ToDictionary(t => t.Key, t => t.Value.shape), stored.ToDictionary(t => t.Name, t => t.Shape.ToArray()), source);
        using var gradient = no_grad();
        foreach (var (key, target) in read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var values = empty(target.shape, ScalarType.Float32);
            checkpoint.Find(key)!.CopyTo(MemoryMarshal.Cast<byte, float>(values.bytes));
            target.copy_(values);
        }
    }

    /// <summary>Compares the keys and shapes of a network and of a file.</summary>
    /// <exception cref="NetworkWeightsException">They differ.</exception>
    public static void Check(IReadOnlyDictionary<string, long[]> expected, IReadOnlyDictionary<string, long[]> found, string source)
    {
        var problems = new List<string>();
        List(problems, "missing", [.. expected.Keys.Where(k => !found.ContainsKey(k))]);
        List(problems, "unexpected", [.. found.Keys.Where(k => !expected.ContainsKey(k))]);
        List(problems, "of another shape", [.. expected.Where(e => found.TryGetValue(e.Key, out var shape) && !shape.SequenceEqual(e.Value))
            .Select(e => $"{e.Key} is [{string.Join(", ", found[e.Key])}] instead of [{string.Join(", ", e.Value)}]")]);
        if (problems.Count > 0)
        {
            throw new NetworkWeightsException($"The weights in '{source}' do not fit the network: {string.Join("; ", problems)}. Check that the file belongs to this bundle's network_def.");
        }
    }

    private static bool IsRead(nn.Module module, string key) => module is not IUnreadWeights network || !network.IsUnread(key);

    private static void List(List<string> problems, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            problems.Add($"{names.Count} {what} ({string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? ", …" : string.Empty)})");
        }
    }
}
