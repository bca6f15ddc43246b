namespace LabelServer.Inference.SlidingWindow;

/// <summary>How many windows are done.</summary>
/// <param name="Done">Windows done.</param>
/// <param name="Total">Windows in all.</param>
public readonly record struct WindowProgress(int Done, int Total);
