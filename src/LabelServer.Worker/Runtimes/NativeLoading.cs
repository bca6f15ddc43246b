namespace LabelServer.Worker.Runtimes;

/// <summary>Tells a native library that can not be loaded from other failures.</summary>
internal static class NativeLoading
{
    /// <summary>Whether the exception means that.</summary>
    public static bool IsFailure(Exception error) =>
        error is DllNotFoundException or NotSupportedException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException;

    /// <summary>The reason for people.</summary>
    public static string Reason(Exception error)
    {
        while (error is TypeInitializationException { InnerException: { } inner })
            error = inner;
        return error.Message;
    }
}
