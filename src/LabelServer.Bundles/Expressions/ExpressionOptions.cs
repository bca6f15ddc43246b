namespace LabelServer.Bundles.Expressions;

/// <summary>What an expression may learn about the world.</summary>
public sealed record ExpressionOptions
{
    /// <summary>No files, no GPU, default bounds.</summary>
    public static ExpressionOptions Default { get; } = new();

    /// <summary>Folders that <c>glob.glob</c> and <c>os.path.exists</c> may look into; a look elsewhere is refused. Relative paths are taken from the first one. Default none.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>What <c>torch.cuda.is_available()</c> answers, and with it the device that most bundles choose. Default false.</summary>
    public bool CudaAvailable { get; init; }

    /// <summary>Bounds.</summary>
    public ExpressionLimits Limits { get; init; } = ExpressionLimits.Default;
}
