namespace LabelServer.Imaging.Cropping;

/// <summary>A comparison of a value with a number.</summary>
public enum ValueComparison
{
    /// <summary>value &gt; number.</summary>
    Greater,

    /// <summary>value ≥ number.</summary>
    GreaterOrEqual,

    /// <summary>value &lt; number.</summary>
    Less,

    /// <summary>value ≤ number.</summary>
    LessOrEqual,

    /// <summary>value = number.</summary>
    Equal,

    /// <summary>value ≠ number.</summary>
    NotEqual,
}
