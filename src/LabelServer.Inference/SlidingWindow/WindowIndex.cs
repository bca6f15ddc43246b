namespace LabelServer.Inference.SlidingWindow;

/// <summary>A window, by its number along each axis.</summary>
internal readonly record struct WindowIndex(int X, int Y, int Z);
