using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>A call of one of the pure functions, with checks of its arguments that name the function.</summary>
internal sealed record FunctionCall(string Name, IReadOnlyList<ConfigValue> Arguments, IReadOnlyList<KeyValuePair<string, ConfigValue>> Keywords)
{
    public ConfigValue this[int index] => Arguments[index];

    /// <summary>Checks the number of arguments by position and that no keyword but the named ones is used.</summary>
    public FunctionCall Expect(int least, int most, params ReadOnlySpan<string> keywords)
    {
        if (Arguments.Count < least || Arguments.Count > most)
        {
            throw new ExpressionException($"{Name} takes {(least == most ? $"{least}" : $"{least} to {most}")} arguments, not {Arguments.Count}");
        }

        foreach (var keyword in Keywords)
        {
            if (!keywords.Contains(keyword.Key))
            {
                throw new ExpressionException($"{Name} with '{keyword.Key}' is not supported");
            }
        }

        return this;
    }

    public ConfigValue? Keyword(string name)
    {
        foreach (var keyword in Keywords)
        {
            if (keyword.Key == name)
            {
                return keyword.Value;
            }
        }

        return null;
    }

    public string Text(int index) => Arguments[index] is ConfigValue.Text text ? text.Value : throw Mismatch(index, "text");

    public long Whole(int index) => Arguments[index] is ConfigValue.Integer or ConfigValue.Boolean && PythonNumber.TryOf(Arguments[index], out var number) ? number.Whole : throw Mismatch(index, "a whole number");

    public ExpressionException Mismatch(int index, string expected) => new($"argument {index + 1} of {Name} must be {expected}, not {PythonText.TypeOf(Arguments[index])}");
}
