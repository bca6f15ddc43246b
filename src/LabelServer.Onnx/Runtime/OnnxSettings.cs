namespace LabelServer.Onnx.Runtime;

/// <summary>How a session of ONNX Runtime works.</summary>
/// <param name="Arena">Whether memory is kept in the runtime's own arena until the session ends.</param>
/// <param name="MemoryPattern">Whether the memory of a run is planned from the first run of that size.</param>
/// <param name="Spinning">Whether threads that wait for work keep their processor busy.</param>
/// <param name="Threads">Threads of an operation; null takes as many as the process may use.</param>
internal sealed record OnnxSettings(bool Arena = false, bool MemoryPattern = false, bool Spinning = false, int? Threads = null)
{
    /// <summary>The settings that networks run with.</summary>
    public static OnnxSettings Usual { get; } = new();
}
