namespace LabelServer.Imaging.Volumes;

/// <summary>How much native memory volumes hold at this moment. For leak checks in tests and for metrics.</summary>
public static class NativeMemoryUse
{
    private static long _live;

    /// <summary>Bytes that are allocated and not yet freed, in this process.</summary>
    public static long LiveBytes => Interlocked.Read(ref _live);

    internal static void Add(long bytes) => Interlocked.Add(ref _live, bytes);
}
