namespace LabelServer.Bundles.Config;

/// <summary>A written value and the id where it is written, which relative references in it count from. A macro shows the same value under another id.</summary>
internal readonly record struct LocatedValue(ConfigValue Value, string Origin);
