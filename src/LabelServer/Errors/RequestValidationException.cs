using System.Text.Json.Nodes;

namespace LabelServer.Errors;

/// <summary>One or more values of a request are missing or of the wrong kind. Answered with 422 and the list that FastAPI answers, so that clients of the original read it.</summary>
public sealed class RequestValidationException : RequestException
{
    /// <summary>Creates the exception for all faults of one request.</summary>
    /// <param name="faults">At least one fault, in the order in which the values are declared.</param>
    public RequestValidationException(params IReadOnlyList<ValidationFault> faults)
        : base(string.Join("; ", faults.Select(f => $"{string.Join('.', f.Location.Select(l => l?.ToString()))}: {f.Message}")))
    {
        Faults = faults;
    }

    /// <summary>All faults.</summary>
    public IReadOnlyList<ValidationFault> Faults { get; }

    /// <summary>The value of <c>detail</c>: an array of <c>{"type", "loc", "msg", "input", "ctx"?}</c>.</summary>
    public JsonArray ToDetail() => new([.. Faults.Select(f => (JsonNode?)f.ToJson())]);
}

/// <summary>One fault of a request, in the words of pydantic 2 (<c>errors()</c> of a <c>ValidationError</c>).</summary>
/// <param name="Type">pydantic's type: <c>missing</c>, <c>enum</c>, <c>int_parsing</c>, <c>bool_parsing</c>, <c>json_invalid</c>, <c>dict_type</c>, <c>value_error</c>.</param>
/// <param name="Location">Where: <c>query</c>, <c>path</c> or <c>body</c>, then the name (text) or the position (number).</param>
/// <param name="Message">What is wrong, in pydantic's words.</param>
/// <param name="Input">What was sent; null for nothing.</param>
/// <param name="Context">Further values of the message; null for none.</param>
public sealed record ValidationFault(string Type, IReadOnlyList<object> Location, string Message, JsonNode? Input = null, JsonObject? Context = null)
{
    /// <summary>A value that must be there and is not.</summary>
    public static ValidationFault Missing(string where, string name) => new("missing", [where, name], "Field required");

    /// <summary>A value that is none of those allowed.</summary>
    /// <param name="where"><c>query</c>, <c>path</c> or <c>body</c>.</param>
    /// <param name="name">The value's name.</param>
    /// <param name="input">What was sent.</param>
    /// <param name="allowed">What may be sent.</param>
    public static ValidationFault NotInEnumeration(string where, string name, string input, IReadOnlyList<string> allowed)
    {
        var quoted = allowed.Select(a => $"'{a}'").ToList();
        var expected = quoted.Count == 1 ? quoted[0] : string.Join(", ", quoted.Take(quoted.Count - 1)) + " or " + quoted[^1];
        return new("enum", [where, name], $"Input should be {expected}", JsonValue.Create(input), new JsonObject { ["expected"] = expected });
    }

    /// <summary>Text that is no truth value.</summary>
    public static ValidationFault NotBoolean(string where, string name, string input)
        => new("bool_parsing", [where, name], "Input should be a valid boolean, unable to interpret input", JsonValue.Create(input));

    /// <summary>Text that is no whole number.</summary>
    public static ValidationFault NotInteger(string where, string name, string input)
        => new("int_parsing", [where, name], "Input should be a valid integer, unable to parse string as an integer", JsonValue.Create(input));

    /// <summary>Text in place of a file.</summary>
    public static ValidationFault NotFile(string name, string input)
        => new("value_error", ["body", name], "Value error, Expected UploadFile, received: <class 'str'>", JsonValue.Create(input[..Math.Min(input.Length, 200)]), new JsonObject { ["error"] = new JsonObject() });

    /// <summary>A body that is no JSON object.</summary>
    public static ValidationFault NotObject(JsonNode? input) => new("dict_type", ["body"], "Input should be a valid dictionary", input);

    /// <summary>A body that is no JSON at all.</summary>
    public static ValidationFault InvalidJson(long position, string reason)
        => new("json_invalid", ["body", position], "JSON decode error", new JsonObject(), new JsonObject { ["error"] = reason });

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["type"] = Type,
            ["loc"] = new JsonArray([.. Location.Select(l => l is long number ? JsonValue.Create(number) : (JsonNode?)JsonValue.Create(l.ToString()))]),
            ["msg"] = Message,
            ["input"] = Input?.DeepClone(),
        };
        if (Context is not null)
            json["ctx"] = Context.DeepClone();
        return json;
    }
}
