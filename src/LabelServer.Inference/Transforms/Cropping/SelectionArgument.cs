using System.Globalization;
using System.Text.RegularExpressions;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Cropping;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Reads MONAI's <c>select_fn</c>: the default, or a comparison written as a lambda. Nothing is executed: the text is matched.</summary>
internal static partial class SelectionArgument
{
    private static readonly Dictionary<string, ValueComparison> Comparisons = new()
    {
        [">"] = ValueComparison.Greater,
        [">="] = ValueComparison.GreaterOrEqual,
        ["<"] = ValueComparison.Less,
        ["<="] = ValueComparison.LessOrEqual,
        ["=="] = ValueComparison.Equal,
        ["!="] = ValueComparison.NotEqual,
    };

    public static ArgumentKind<ValueSelection> Kind { get; } = new(
        "monai's is_positive or a lambda that compares its argument with a number, such as 'lambda x: x > 0'", (ConfigValue value, out ValueSelection result) =>
        {
            result = ValueSelection.Positive;
            var text = value switch
            {
                ConfigValue.Symbol symbol => symbol.Name,
                ConfigValue.Text written => written.Value.TrimStart('$'),
                _ => "",
            };
            if (text.Split('.')[^1] == "is_positive")
            {
                return true;
            }

            var match = Comparison().Match(text);
            if (match.Success)
            {
                result = new ValueSelection(Comparisons[match.Groups["op"].Value], double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture));
            }

            return match.Success;
        });

    [GeneratedRegex(@"^\s*lambda\s+(?<x>\w+)\s*:\s*\k<x>\s*(?<op>>=|<=|==|!=|>|<)\s*(?<number>-?\d+(\.\d*)?([eE][-+]?\d+)?)\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();
}
