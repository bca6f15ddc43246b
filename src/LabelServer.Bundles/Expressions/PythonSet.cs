using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>A set inside an evaluation; results never hold one.</summary>
internal sealed record PythonSet(IReadOnlyList<ConfigValue> Items) : ConfigValue;
