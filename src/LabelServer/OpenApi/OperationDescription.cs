namespace LabelServer.OpenApi;

/// <summary>What <c>/openapi.json</c> says about an endpoint. The endpoints read their requests by hand, as the clients send them, so it cannot be derived from their signatures.</summary>
/// <param name="Tag">The group.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record OperationDescription(string Tag, string Summary)
{
    /// <summary>Query parameters.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>Text fields of the form; empty when there is no form.</summary>
    public IReadOnlyList<string> FormFields { get; init; } = [];

    /// <summary>File fields of the form.</summary>
    public IReadOnlyList<string> FormFiles { get; init; } = [];

    /// <summary>Whether the body is an optional JSON object.</summary>
    public bool HasJsonBody { get; init; }

    /// <summary>The content types of a success.</summary>
    public IReadOnlyList<string> Answers { get; init; } = ["application/json"];
}

/// <summary>A query parameter.</summary>
/// <param name="Name">The key.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Text">What it means.</param>
internal sealed record QueryParameter(string Name, QueryKind Kind, string Text)
{
    /// <summary>The default, as text; null when absence means something else.</summary>
    public string? Default { get; init; }

    /// <summary>The words that may be sent; empty for any.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Whether it must be sent.</summary>
    public bool Required { get; init; }
}

/// <summary>Kinds of query values.</summary>
internal enum QueryKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>A truth value.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,
}
