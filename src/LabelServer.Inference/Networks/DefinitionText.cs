using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Inference.Networks;

/// <summary>Writes a network's definition as one line of text: equal texts are equal definitions.</summary>
public static class DefinitionText
{
    /// <summary>The text, such as <c>SegResNet(in_channels=1,blocks_down=[1,2,2,4])</c>.</summary>
    public static string Of(ConfigValue value) => value switch
    {
        ConfigValue.Component component => $"{component.Target}({string.Join(",", component.Arguments.Select(a => $"{a.Key}={Of(a.Value)}"))})",
        ConfigValue.List list => $"[{string.Join(",", list.Items.Select(Of))}]",
        ConfigValue.Map map => $"{{{string.Join(",", map.Items.Select(i => $"{Of(i.Key)}:{Of(i.Value)}"))}}}",
        ConfigValue.Integer whole => whole.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Real real => real.Value.ToString("R", CultureInfo.InvariantCulture) + "f",
        ConfigValue.Boolean truth => truth.Value ? "true" : "false",
        ConfigValue.Text text => $"'{text.Value}'",
        ConfigValue.Null => "null",
        null => throw new ArgumentNullException(nameof(value)),
        _ => value.ToString(),
    };
}
