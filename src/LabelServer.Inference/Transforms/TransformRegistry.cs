using System.Diagnostics.CodeAnalysis;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Transforms;

/// <summary>Knows which of MONAI's <c>_target_</c> names is which transform of ours, and builds chains from a bundle's config.</summary>
/// <remarks>Names are accepted bare (<c>Spacingd</c>), in full (<c>monai.transforms.Spacingd</c>, <c>monai.transforms.spatial.dictionary.Spacingd</c>) and in the spellings <c>SpacingD</c>
/// and <c>SpacingDict</c>. Without the trailing d it is the array form: the same step on every item of the sample. Thread-safe for reading; register before use.</remarks>
public sealed class TransformRegistry
{
    private readonly Dictionary<string, Func<TransformArguments, ITransform>> _factories = new(StringComparer.Ordinal);

    /// <summary>A registry with all transforms of this program.</summary>
    public static TransformRegistry CreateDefault()
    {
        var registry = new TransformRegistry();
        BuiltInTransforms.Register(registry);
        return registry;
    }

    /// <summary>The names known, without the trailing d.</summary>
    public IReadOnlyCollection<string> Names => _factories.Keys;

    /// <summary>Adds a transform under MONAI's array name, such as <c>Spacing</c>; its dictionary names come with it.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Register(string name, Func<TransformArguments, ITransform> factory) => _factories.Add(name, factory);

    /// <summary>True when the target is one of ours.</summary>
    public bool Knows(string target) => TryResolve(target, out _, out _);

    /// <summary>Builds the chain that a config value describes: a <c>Compose</c>, a list of transforms or a single one.</summary>
    /// <param name="bundle">The bundle's name, for messages.</param>
    /// <param name="chain">The resolved config value.</param>
    /// <exception cref="TransformConfigException">Something is unknown or wrong; lists everything that is.</exception>
    public Compose Build(string bundle, ConfigValue chain)
    {
        var (compose, problems) = TryBuild(bundle, chain);
        return problems.Count == 0 ? compose : throw new TransformConfigException(problems);
    }

    /// <summary>Builds what can be built and lists what cannot.</summary>
    /// <returns>The chain without the steps that have problems, and all problems; the chain is complete when there is none.</returns>
    public (Compose Chain, IReadOnlyList<TransformProblem> Problems) TryBuild(string bundle, ConfigValue chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var problems = new List<TransformProblem>();
        var steps = new List<TransformStep>();
        Collect(bundle, chain, string.Empty, steps, problems);
        return (new Compose(steps), problems);
    }

    private static bool TryArrayName(string name, [NotNullWhen(true)] out string? array)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["Dict", "D", "d"])
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                array = name[..^suffix.Length];
                return true;
            }
        }

        array = null;
        return false;
    }

    private void Collect(string bundle, ConfigValue value, string id, List<TransformStep> steps, List<TransformProblem> problems)
    {
        switch (value)
        {
            case ConfigValue.Null:
                return;
            case ConfigValue.List list:
                for (var index = 0; index < list.Items.Count; index++)
                {
                    Collect(bundle, list.Items[index], id.Length == 0 ? $"#{index}" : $"{id}#{index}", steps, problems);
                }

                return;
            case ConfigValue.Component component when component.Target.Split('.')[^1] == "Compose":
                var transforms = component.Arguments.FirstOrDefault(a => a.Key == "transforms").Value;
                Collect(bundle, transforms ?? ConfigValue.Null.Instance, component.Id, steps, problems);
                return;
            case ConfigValue.Component component:
                Build(bundle, component, steps, problems);
                return;
            default:
                problems.Add(new TransformProblem(bundle, id, "Compose", null, $"expected a transform, a list or a Compose, found {TransformArguments.Describe(value)}"));
                return;
        }
    }

    private void Build(string bundle, ConfigValue.Component component, List<TransformStep> steps, List<TransformProblem> problems)
    {
        if (!TryResolve(component.Target, out var factory, out var isDictionary))
        {
            problems.Add(new TransformProblem(bundle, component.Id, component.Target, null, "this transform is not supported"));
            return;
        }

        var before = problems.Count;
        var arguments = new TransformArguments(bundle, component, isDictionary, problems);
        var transform = factory(arguments);
        arguments.ReportUnused();
        if (problems.Count == before)
        {
            steps.Add(new TransformStep(component.Id, component.Target, transform));
        }
    }

    private bool TryResolve(string target, [NotNullWhen(true)] out Func<TransformArguments, ITransform>? factory, out bool isDictionary)
    {
        isDictionary = false;
        var dot = target.LastIndexOf('.');
        var name = target[(dot + 1)..];
        if (dot >= 0 && !target.StartsWith("monai.transforms.", StringComparison.Ordinal))
        {
            factory = null;
            return false;
        }

        if (_factories.TryGetValue(name, out factory))
        {
            return true;
        }

        isDictionary = TryArrayName(name, out var array) && _factories.TryGetValue(array, out factory);
        return isDictionary && factory is not null;
    }
}
