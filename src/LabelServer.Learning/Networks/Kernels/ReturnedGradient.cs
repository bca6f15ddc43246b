using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Kernels;

/// <summary>Keeps the gradient that a function of ours has returned alive until the engine has taken its own hold of it, and not longer.</summary>
/// <remarks>The next function's backward pass comes after that, so one tensor is kept at a time instead of those of the whole pass.</remarks>
internal static class ReturnedGradient
{
    [ThreadStatic]
    private static Tensor? _last;

    /// <summary>Keeps a gradient and lets the one before it go.</summary>
    public static Tensor Keep(Tensor gradient)
    {
        Release();
        return _last = gradient.DetachFromDisposeScope();
    }

    /// <summary>Lets the last one go; at the start of a backward function, before memory is taken for its result.</summary>
    public static void Release()
    {
        _last?.Dispose();
        _last = null;
    }
}
