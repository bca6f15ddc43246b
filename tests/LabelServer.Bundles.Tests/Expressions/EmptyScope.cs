using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Tests.Expressions;

/// <summary>A scope with the references and imports that a test names.</summary>
internal sealed class EmptyScope : IExpressionScope
{
    public Dictionary<string, ConfigValue> References { get; } = [];

    public Dictionary<string, string> Imports { get; } = [];

    public ConfigValue Reference(string id) => References.TryGetValue(id, out var value) ? value : throw new ConfigException($"there is no '{id}'", id);

    public string? Import(string name) => Imports.GetValueOrDefault(name);
}
