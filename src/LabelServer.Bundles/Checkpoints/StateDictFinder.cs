using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints;

/// <summary>Finds the state dict in what a file holds, by the rules of <see cref="Checkpoint.StateDictKey"/>.</summary>
internal sealed class StateDictFinder(CheckpointSource source, CheckpointReadOptions options)
{
    private const int MostLevels = 4;
    private const int MostModuleLevels = 64;

    private static readonly string[] UsualKeys = ["model", "state_dict", "model_state_dict", "network", "net", "module", "weights", "network_weights", "model_state", "ema", "ema_state_dict"];

    private long _visited;

    /// <summary>The tensors with their names, and the key where they lie (empty: at the top).</summary>
    public (string Key, List<KeyValuePair<string, PickleTensor>> Tensors) Find(object? root)
    {
        if (root is PickleObject script)
        {
            var collected = new List<KeyValuePair<string, PickleTensor>>();
            CollectModule(script, string.Empty, 0, collected);
            return (string.Empty, collected);
        }

        if (root is PickleTensor)
        {
            throw new CheckpointContentException($"{source.Name} holds a single tensor, not a state dict.");
        }

        var dict = root as PickleDict ?? throw new CheckpointContentException($"{source.Name} holds no dictionary of tensors.");
        var key = options.StateDictKey is { Length: > 0 } asked ? asked : Choose(dict, 0);
        var found = Descend(dict, key);
        return (key, [.. found.Items.Where(i => i.Value is PickleTensor).Select(i => KeyValuePair.Create(i.Key as string ?? $"{i.Key}", (PickleTensor)i.Value!))]);
    }

    private PickleDict Descend(PickleDict dict, string key)
    {
        if (key.Length == 0)
        {
            return dict;
        }

        var here = dict;
        foreach (var part in key.Split('.'))
        {
            here = here.Find(part) as PickleDict ?? throw new CheckpointContentException($"{source.Name} has no dictionary '{key}'. It has: {Names(dict)}.");
        }

        return HasTensors(here) ? here : throw new CheckpointContentException($"'{key}' in {source.Name} holds no tensors. The file has: {Names(dict)}.");
    }

    private string Choose(PickleDict dict, int level)
    {
        if (HasTensors(dict))
        {
            return string.Empty;
        }

        var inner = level >= MostLevels ? [] : dict.Items
            .Where(i => i is { Key: string, Value: PickleDict })
            .Select(i => (Key: (string)i.Key!, Dict: (PickleDict)i.Value!))
            .Where(i => !IsOptimizer(i.Key, i.Dict))
            .ToList();
        foreach (var usual in UsualKeys)
        {
            if (inner.Find(i => i.Key == usual).Dict is { } named && TryChoose(named, level + 1) is { } rest)
            {
                return Join(usual, rest);
            }
        }

        var candidates = inner.Select(i => (i.Key, Inner: TryChoose(i.Dict, level + 1))).Where(i => i.Inner is not null).ToList();
        return candidates.Count == 1
            ? Join(candidates[0].Key, candidates[0].Inner!)
            : throw new CheckpointContentException(candidates.Count == 0
                ? $"{source.Name} holds no state dict. It has: {Names(dict)}."
                : $"{source.Name} holds several state dicts: {string.Join(", ", candidates.Select(c => Join(c.Key, c.Inner!)))}. Say which one to take.");
    }

    private string? TryChoose(PickleDict dict, int level)
    {
        try
        {
            return Choose(dict, level);
        }
        catch (CheckpointContentException)
        {
            return null;
        }
    }

    // Dictionaries may be shared many times over in a hostile file, so visits are counted.
    private bool HasTensors(PickleDict dict)
    {
        Visit(dict.Items.Count);
        return dict.Items.Exists(i => i is { Key: string, Value: PickleTensor });
    }

    private static bool IsOptimizer(string key, PickleDict dict) => key.Contains("optim", StringComparison.OrdinalIgnoreCase) || key.Contains("scheduler", StringComparison.OrdinalIgnoreCase) || dict.Find("param_groups") is not null;

    private void CollectModule(PickleObject module, string prefix, int level, List<KeyValuePair<string, PickleTensor>> collected)
    {
        if (level > MostModuleLevels)
        {
            throw source.Broken($"its modules are nested more than {MostModuleLevels} levels deep");
        }

        if (module.State is not PickleDict state)
        {
            return;
        }

        Visit(state.Items.Count + 1);
        foreach (var (key, value) in state.Items)
        {
            var name = prefix + (key as string ?? string.Empty);
            switch (value)
            {
                case PickleTensor tensor:
                    collected.Add(KeyValuePair.Create(name, tensor));
                    break;
                case PickleObject inner:
                    CollectModule(inner, name + ".", level + 1, collected);
                    break;
            }
        }
    }

    private void Visit(int count)
    {
        _visited += count;
        if (_visited > options.MaxValues)
        {
            throw source.Broken($"it holds more than {options.MaxValues} values");
        }
    }

    private static string Join(string key, string rest) => rest.Length == 0 ? key : key + "." + rest;

    private static string Names(PickleDict dict) => dict.Items.Count == 0 ? "nothing" : string.Join(", ", dict.Items.Take(20).Select(i => $"'{i.Key}'"));
}
