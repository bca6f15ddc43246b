using System.Globalization;
using System.Text.RegularExpressions;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Tests.Transforms;

/// <summary>Reads the steps of the inverse cases, which are written as words: "Spacingd 1.5 bilinear".</summary>
internal static partial class GoldenChain
{
    /// <summary>One step as a component on the key "image".</summary>
    public static ConfigValue.Component Step(string text)
    {
        var words = text.Split(' ');
        ConfigValue image = new ConfigValue.Text("image");
        switch (words[0])
        {
            case "Orientationd":
                return GoldenTransforms.Component(words[0], ("keys", image), ("axcodes", new ConfigValue.Text(words[1])));
            case "Spacingd":
                var spacing = new ConfigValue.Real(double.Parse(words[1], CultureInfo.InvariantCulture));
                return GoldenTransforms.Component(
                    words[0], ("keys", image), ("pixdim", new ConfigValue.List([spacing, spacing, spacing])), ("mode", new ConfigValue.Text(words[2])));
            case "CropForegroundd":
                var limit = Limit().Match(text).Groups["limit"].Value;
                var margin = Margin().Match(text).Groups["margin"].Value;
                return GoldenTransforms.Component(
                    words[0],
                    ("keys", image),
                    ("source_key", image),
                    ("margin", new ConfigValue.Integer(long.Parse(margin, CultureInfo.InvariantCulture))),
                    ("select_fn", new ConfigValue.Symbol("lambda", $"lambda x: x > {limit}")));
            case "Resized":
                var numbers = Number().Matches(text).Select(m => (ConfigValue)new ConfigValue.Integer(long.Parse(m.Value, CultureInfo.InvariantCulture)));
                return GoldenTransforms.Component(words[0], ("keys", image), ("spatial_size", new ConfigValue.List([.. numbers])), ("mode", new ConfigValue.Text(words[^1])));
            default:
                throw new NotSupportedException(text);
        }
    }

    [GeneratedRegex(@"x > (?<limit>[-\d.]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Limit();

    [GeneratedRegex(@"margin=(?<margin>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Margin();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
