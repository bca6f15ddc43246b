using System.Globalization;
using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>How Python writes values: <c>str</c>, <c>repr</c> and the formats of f-strings that configs use.</summary>
internal static class PythonText
{
    public static string TypeOf(ConfigValue value) => value switch
    {
        ConfigValue.Null => "None",
        ConfigValue.Boolean => "bool",
        ConfigValue.Integer => "int",
        ConfigValue.Real => "float",
        ConfigValue.Text => "str",
        ConfigValue.List { IsTuple: true } => "tuple",
        ConfigValue.List => "list",
        ConfigValue.Map => "dict",
        PythonSet => "set",
        ConfigValue.Component component => component.Target,
        ConfigValue.Symbol symbol => symbol.Name,
        _ => value.GetType().Name,
    };

    /// <summary><c>str(value)</c>, or null for something that is no plain value.</summary>
    public static string? Of(ConfigValue value, ExpressionBudget budget)
    {
        if (value is ConfigValue.Text text)
        {
            return text.Value;
        }

        var builder = new StringBuilder();
        return Write(builder, value, budget) ? builder.ToString() : null;
    }

    /// <summary><c>repr(value)</c>, or null for something that is no plain value.</summary>
    public static string? Repr(ConfigValue value, ExpressionBudget budget)
    {
        var builder = new StringBuilder();
        return Write(builder, value, budget) ? builder.ToString() : null;
    }

    /// <summary>The shortest digits that give the same double, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string OfReal(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var digits = value.ToString("E16", CultureInfo.InvariantCulture);
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var exponent = value == 0 ? 0 : int.Parse(digits[(digits.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        var (sign, figures) = Figures(shortest);
        if (exponent is >= -4 and < 16)
        {
            return sign + Fixed(figures, exponent);
        }

        var mantissa = figures.Length == 1 ? figures : figures[0] + "." + figures[1..];
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>Applies a format such as <c>03d</c>, <c>.2f</c> or <c>&gt;8</c>.</summary>
    /// <exception cref="ExpressionException">The format is not one of those supported.</exception>
    public static string Format(ConfigValue value, string format, ExpressionBudget budget)
    {
        var plain = Of(value, budget) ?? throw new ExpressionException($"{TypeOf(value)} cannot be written as text");
        if (format.Length == 0)
        {
            return plain;
        }

        var match = System.Text.RegularExpressions.Regex.Match(format, @"^(?<align>[<>])?(?<zero>0)?(?<width>\d{1,3})?(?:\.(?<precision>\d{1,2}))?(?<type>[dfs])?$");
        var isNumber = PythonNumber.TryOf(value, out var number);
        if (!match.Success || (match.Groups["type"].Value is "d" or "f") != (isNumber && match.Groups["type"].Value is "d" or "f") || (match.Groups["type"].Value == "s" && isNumber))
        {
            throw new ExpressionException($"the format '{format}' is not supported for {TypeOf(value)}");
        }

        var precision = match.Groups["precision"] is { Success: true } p ? int.Parse(p.Value, CultureInfo.InvariantCulture) : -1;
        var text = match.Groups["type"].Value switch
        {
            "d" when !number.IsReal && precision < 0 => number.Whole.ToString(CultureInfo.InvariantCulture),
            "f" => number.ToReal().ToString("F" + (precision < 0 ? 6 : precision), CultureInfo.InvariantCulture),
            "d" => throw new ExpressionException($"the format '{format}' is not supported for {TypeOf(value)}"),
            _ when precision >= 0 && isNumber => throw new ExpressionException($"the format '{format}' is not supported for {TypeOf(value)}"),
            _ => precision >= 0 && precision < plain.Length ? plain[..precision] : plain,
        };
        var width = match.Groups["width"] is { Success: true } w ? int.Parse(w.Value, CultureInfo.InvariantCulture) : 0;
        if (match.Groups["zero"].Success)
        {
            var sign = text.StartsWith('-') ? "-" : string.Empty;
            return sign + text[sign.Length..].PadLeft(width - sign.Length, '0');
        }

        return match.Groups["align"].Value == ">" || (match.Groups["align"].Length == 0 && isNumber) ? text.PadLeft(width) : text.PadRight(width);
    }

    private static (string Sign, string Figures) Figures(string shortest)
    {
        var sign = shortest.StartsWith('-') ? "-" : string.Empty;
        var mantissa = shortest[sign.Length..].Split('E')[0].Replace(".", string.Empty, StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        return (sign, mantissa.Length == 0 ? "0" : mantissa);
    }

    private static string Fixed(string figures, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + figures;
        }

        var padded = figures.PadRight(exponent + 2, '0');
        return padded[..(exponent + 1)] + "." + padded[(exponent + 1)..];
    }

    private static bool Write(StringBuilder builder, ConfigValue value, ExpressionBudget budget)
    {
        budget.Enter();
        var before = builder.Length;
        var done = value switch
        {
            ConfigValue.Null => Append(builder, "None"),
            ConfigValue.Boolean truth => Append(builder, truth.Value ? "True" : "False"),
            ConfigValue.Integer whole => Append(builder, whole.Value.ToString(CultureInfo.InvariantCulture)),
            ConfigValue.Real real => Append(builder, OfReal(real.Value)),
            ConfigValue.Text text => Append(builder, Quoted(text.Value)),
            ConfigValue.List list => WriteList(builder, list, budget),
            ConfigValue.Map map => WriteMap(builder, map, budget),
            ConfigValue.Symbol { Kind: SymbolKinds.Device } device => Append(builder, device.Name),
            _ => false,
        };
        budget.Leave();
        budget.Produce(Math.Max(0, builder.Length - before));
        return done;
    }

    private static bool Append(StringBuilder builder, string text)
    {
        builder.Append(text);
        return true;
    }

    private static bool WriteList(StringBuilder builder, ConfigValue.List list, ExpressionBudget budget)
    {
        builder.Append(list.IsTuple ? '(' : '[');
        for (var i = 0; i < list.Items.Count; i++)
        {
            builder.Append(i == 0 ? string.Empty : ", ");
            if (!Write(builder, list.Items[i], budget))
            {
                return false;
            }
        }

        builder.Append(list is { IsTuple: true, Items.Count: 1 } ? "," : string.Empty).Append(list.IsTuple ? ')' : ']');
        return true;
    }

    private static bool WriteMap(StringBuilder builder, ConfigValue.Map map, ExpressionBudget budget)
    {
        builder.Append('{');
        for (var i = 0; i < map.Items.Count; i++)
        {
            builder.Append(i == 0 ? string.Empty : ", ");
            if (!Write(builder, map.Items[i].Key, budget) || !Append(builder, ": ") || !Write(builder, map.Items[i].Value, budget))
            {
                return false;
            }
        }

        builder.Append('}');
        return true;
    }

    private static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var builder = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => builder.Append("\\\\"),
                '\n' => builder.Append("\\n"),
                '\r' => builder.Append("\\r"),
                '\t' => builder.Append("\\t"),
                _ when c == quote => builder.Append('\\').Append(c),
                _ when c < ' ' || c == '\x7f' => builder.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => builder.Append(c),
            };
        }

        return builder.Append(quote).ToString();
    }
}
