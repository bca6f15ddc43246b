using System.Globalization;
using LabelServer.Errors;

namespace LabelServer.Http;

/// <summary>The query of a request, read with FastAPI's meaning. Faults are collected; <see cref="Validate"/> reports all of them at once.</summary>
/// <remarks>Of a key that occurs twice the last one counts. Not safe to share between threads.</remarks>
public sealed class RequestQuery
{
    private readonly IQueryCollection _values;
    private readonly List<ValidationFault> _faults = [];

    /// <summary>Wraps the query of a request.</summary>
    public RequestQuery(HttpRequest request)
    {
        _values = request.Query;
    }

    /// <summary>Text, or the default when the key is absent. An empty value is empty text.</summary>
    public string Text(string name, string defaultValue = "") => Find(name) ?? defaultValue;

    /// <summary>Text that must be there; it may be empty. Absent: a fault, and empty text until <see cref="Validate"/>.</summary>
    public string RequiredText(string name)
    {
        if (Find(name) is { } text)
            return text;
        _faults.Add(ValidationFault.Missing("query", name));
        return string.Empty;
    }

    /// <summary>A truth value: <c>true/false/1/0/yes/no/on/off/t/f/y/n</c> in any case.</summary>
    public bool Boolean(string name, bool defaultValue)
    {
        if (Find(name) is not { } text)
            return defaultValue;
        if (BooleanText.TryParse(text, out var value))
            return value;
        _faults.Add(ValidationFault.NotBoolean("query", name, text));
        return defaultValue;
    }

    /// <summary>A whole number.</summary>
    public long Integer(string name, long defaultValue) => OptionalInteger(name) ?? defaultValue;

    /// <summary>A whole number, or null when the key is absent.</summary>
    public long? OptionalInteger(string name)
    {
        if (Find(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value))
            return value;
        _faults.Add(ValidationFault.NotInteger("query", name, text));
        return null;
    }

    /// <summary>One of the allowed words, in exactly their case; an empty value is none of them.</summary>
    /// <param name="name">The key.</param>
    /// <param name="defaultValue">What absence means.</param>
    /// <param name="allowed">The words.</param>
    public string Choice(string name, string defaultValue, params IReadOnlyList<string> allowed)
    {
        if (Find(name) is not { } text)
            return defaultValue;
        if (allowed.Contains(text, StringComparer.Ordinal))
            return text;
        _faults.Add(ValidationFault.NotInEnumeration("query", name, text, allowed));
        return defaultValue;
    }

    /// <summary>Adds a fault that the caller found, to be reported with the others.</summary>
    public void Add(ValidationFault fault) => _faults.Add(fault);

    /// <summary>Ends the reading.</summary>
    /// <exception cref="RequestValidationException">Some value was missing or of the wrong kind; holds all of them.</exception>
    public void Validate()
    {
        if (_faults.Count > 0)
            throw new RequestValidationException(_faults);
    }

    private string? Find(string name)
    {
        if (!_values.TryGetValue(name, out var values) || values.Count == 0)
            return null;
        return values[^1] ?? string.Empty;
    }
}
