namespace LabelServer.Inference.Networks;

/// <summary>Tells whether a failure means that memory ran out, on the machine or on a device. Neither libtorch nor ONNX Runtime has an exception type for it; their words tell.</summary>
public static class MemoryShortage
{
    private static readonly string[] Words =
        ["out of memory", "can't allocate memory", "not enough memory", "failed to allocate memory", "bad_alloc", "bad allocation", "E_OUTOFMEMORY", "8007000E", "OutOfMemory"];

    /// <summary>Whether the exception, or one that it wraps, is a shortage of memory.</summary>
    public static bool IsCauseOf(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is OutOfMemoryException || Words.Any(w => inner.Message.Contains(w, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
