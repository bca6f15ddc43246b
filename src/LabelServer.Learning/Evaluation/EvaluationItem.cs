namespace LabelServer.Learning.Evaluation;

/// <summary>One entry of a config's data list.</summary>
/// <param name="Name">The image's file as the config names it.</param>
/// <param name="Files">Item name → full path of its file.</param>
internal sealed record EvaluationItem(string Name, IReadOnlyList<KeyValuePair<string, string>> Files);
