namespace LabelServer.Bundles.Expressions;

/// <summary>What a comprehension makes.</summary>
internal enum ComprehensionKind
{
    /// <summary><c>[…]</c>.</summary>
    List,

    /// <summary><c>{…}</c>.</summary>
    Set,

    /// <summary><c>{k: v …}</c>.</summary>
    Dict,

    /// <summary><c>(…)</c>.</summary>
    Generator,
}
