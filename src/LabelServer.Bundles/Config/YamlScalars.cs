using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LabelServer.Bundles.Config;

/// <summary>Which plain YAML scalars are null, truth values and numbers: the YAML 1.1 types in the form that Python's loader uses them, because bundles are written for it.</summary>
/// <remarks>
/// <para>Source: https://yaml.org/type/ (null, bool, int, float). So <c>yes</c> and <c>off</c> are truth values, <c>010</c> is 8, <c>1:30</c> is 90, and <c>1e-4</c> is text: a real number
/// needs a point, and an exponent needs a sign. Timestamps stay text.</para>
/// </remarks>
internal static partial class YamlScalars
{
    public static ConfigValue Resolve(Scalar scalar, string file)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            return Tagged(scalar, file);
        }

        return scalar.Style == ScalarStyle.Plain && !(scalar.Tag.IsNonSpecific && !scalar.Tag.IsEmpty) ? Plain(scalar.Value, file) : new ConfigValue.Text(scalar.Value);
    }

    private static ConfigValue Tagged(Scalar scalar, string file)
    {
        var value = scalar.Tag.Value switch
        {
            "tag:yaml.org,2002:str" => new ConfigValue.Text(scalar.Value),
            "tag:yaml.org,2002:float" when Plain(scalar.Value, file) is ConfigValue.Integer whole => new ConfigValue.Real(whole.Value),
            "tag:yaml.org,2002:float" => double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? new ConfigValue.Real(real) : Plain(scalar.Value, file) as ConfigValue.Real,
            "tag:yaml.org,2002:int" => Plain(scalar.Value, file) as ConfigValue.Integer,
            "tag:yaml.org,2002:bool" => Plain(scalar.Value, file) as ConfigValue.Boolean,
            "tag:yaml.org,2002:null" => (ConfigValue)ConfigValue.Null.Instance,
            _ => throw new ConfigException($"{file}, line {scalar.Start.Line}: the tag {scalar.Tag} is not supported; only plain values are read."),
        };
        return value ?? throw new ConfigException($"{file}, line {scalar.Start.Line}: '{scalar.Value}' does not fit its tag {scalar.Tag}.");
    }

    private static ConfigValue Plain(string text, string file)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ConfigValue.Null.Instance;
            case "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return new ConfigValue.Boolean(true);
            case "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return new ConfigValue.Boolean(false);
        }

        if (WholeNumber().IsMatch(text))
        {
            return Whole(text, file);
        }

        return RealNumber().IsMatch(text) ? RealOf(text) : new ConfigValue.Text(text);
    }

    private static ConfigValue.Integer Whole(string text, string file)
    {
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        var negative = digits[0] == '-';
        digits = digits.TrimStart('+', '-');
        try
        {
            var value = digits switch
            {
                _ when digits.StartsWith("0b", StringComparison.Ordinal) => Convert.ToInt64(digits[2..], 2),
                _ when digits.StartsWith("0x", StringComparison.Ordinal) => Convert.ToInt64(digits[2..], 16),
                _ when digits.Contains(':', StringComparison.Ordinal) => Sexagesimal(digits),
                _ when digits.Length > 1 && digits[0] == '0' => Convert.ToInt64(digits, 8),
                _ => long.Parse(digits, CultureInfo.InvariantCulture),
            };
            return new ConfigValue.Integer(negative ? checked(-value) : value);
        }
        catch (Exception e) when (e is OverflowException or FormatException or ArgumentException)
        {
            throw new ConfigException($"{file}: the whole number '{text}' does not fit in 64 bits.", innerException: e);
        }
    }

    private static long Sexagesimal(string digits) => digits.Split(':').Aggregate(0L, (sum, part) => checked((sum * 60) + long.Parse(part, CultureInfo.InvariantCulture)));

    private static ConfigValue.Real RealOf(string text)
    {
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        var sign = digits[0] == '-' ? -1 : 1;
        digits = digits.TrimStart('+', '-');
        return new ConfigValue.Real(digits switch
        {
            ".INF" => sign * double.PositiveInfinity,
            ".NAN" => double.NaN,
            _ when digits.Contains(':', StringComparison.Ordinal) => sign * digits.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + double.Parse(part, CultureInfo.InvariantCulture)),
            _ => sign * double.Parse(digits, CultureInfo.InvariantCulture),
        });
    }

    [GeneratedRegex(@"^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", RegexOptions.CultureInvariant)]
    private static partial Regex RealNumber();
}
