using System.Diagnostics.CodeAnalysis;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Transforms;

/// <summary>The types that arguments of transforms have.</summary>
public static class ArgumentKinds
{
    /// <summary>True or false; 0 and 1 count, as in Python.</summary>
    public static ArgumentKind<bool> Boolean { get; } = new("true or false", TryBoolean);

    /// <summary>A whole number; a real one without fraction counts.</summary>
    public static ArgumentKind<int> Integer { get; } = new("a whole number", TryInteger);

    /// <summary>A number.</summary>
    public static ArgumentKind<double> Real { get; } = new("a number", TryReal);

    /// <summary>Text.</summary>
    public static ArgumentKind<string> Text { get; } = new("text", TryText);

    /// <summary>A whole number or a list of them.</summary>
    public static ArgumentKind<IReadOnlyList<int>> Integers { get; } = Many(Integer);

    /// <summary>A number or a list of them.</summary>
    public static ArgumentKind<IReadOnlyList<double>> Reals { get; } = Many(Real);

    /// <summary>A text or a list of texts.</summary>
    public static ArgumentKind<IReadOnlyList<string>> Texts { get; } = Many(Text);

    /// <summary>Any value, taken as it is.</summary>
    public static ArgumentKind<ConfigValue> Any { get; } = new("any value", (ConfigValue value, [MaybeNullWhen(false)] out ConfigValue result) =>
    {
        result = value;
        return true;
    });

    /// <summary>One of several words.</summary>
    public static ArgumentKind<T> OneOf<T>(IReadOnlyDictionary<string, T> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new ArgumentKind<T>($"one of {string.Join(", ", words.Keys.Select(w => $"'{w}'"))}", (ConfigValue value, [MaybeNullWhen(false)] out T result) =>
        {
            result = default;
            return value is ConfigValue.Text text && words.TryGetValue(text.Value, out result);
        });
    }

    /// <summary>The value, or null for Python's <c>None</c>. For value types.</summary>
    public static ArgumentKind<T?> OrNone<T>(ArgumentKind<T> kind)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ArgumentKind<T?>($"{kind.Expected} or none", (ConfigValue value, out T? result) =>
        {
            result = null;
            if (value is ConfigValue.Null)
            {
                return true;
            }

            if (!kind.TryParse(value, out var parsed))
            {
                return false;
            }

            result = parsed;
            return true;
        });
    }

    /// <summary>The value, or null for Python's <c>None</c>. For reference types.</summary>
    public static ArgumentKind<T?> OrNull<T>(ArgumentKind<T> kind)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ArgumentKind<T?>($"{kind.Expected} or none", (ConfigValue value, out T? result) =>
        {
            result = null;
            return value is ConfigValue.Null || kind.TryParse(value, out result);
        });
    }

    /// <summary>One value or a list of values.</summary>
    public static ArgumentKind<IReadOnlyList<T>> Many<T>(ArgumentKind<T> kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ArgumentKind<IReadOnlyList<T>>($"{kind.Expected} or a list of such", (ConfigValue value, [MaybeNullWhen(false)] out IReadOnlyList<T> result) =>
        {
            result = null;
            var items = value is ConfigValue.List list ? list.Items : [value];
            var parsed = new T[items.Count];
            for (var index = 0; index < parsed.Length; index++)
            {
                if (!kind.TryParse(items[index], out var item))
                {
                    return false;
                }

                parsed[index] = item;
            }

            result = parsed;
            return true;
        });
    }

    private static bool TryBoolean(ConfigValue value, out bool result)
    {
        result = value is ConfigValue.Boolean { Value: true } or ConfigValue.Integer { Value: 1 };
        return value is ConfigValue.Boolean or ConfigValue.Integer { Value: 0 or 1 };
    }

    private static bool TryInteger(ConfigValue value, out int result)
    {
        result = 0;
        switch (value)
        {
            case ConfigValue.Integer { Value: >= int.MinValue and <= int.MaxValue } integer:
                result = (int)integer.Value;
                return true;
            case ConfigValue.Real { Value: >= int.MinValue and <= int.MaxValue } real when real.Value == Math.Truncate(real.Value):
                result = (int)real.Value;
                return true;
            default:
                return false;
        }
    }

    private static bool TryReal(ConfigValue value, out double result)
    {
        result = value switch
        {
            ConfigValue.Integer integer => integer.Value,
            ConfigValue.Real real => real.Value,
            _ => 0,
        };
        return value is ConfigValue.Integer or ConfigValue.Real;
    }

    private static bool TryText(ConfigValue value, [MaybeNullWhen(false)] out string result)
    {
        result = (value as ConfigValue.Text)?.Value;
        return result is not null;
    }
}
