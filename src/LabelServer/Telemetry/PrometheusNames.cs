using System.Diagnostics.Metrics;

namespace LabelServer.Telemetry;

/// <summary>Names of .NET's instruments in Prometheus' words, by OpenTelemetry's rules: dots become underscores, the unit and <c>_total</c> are appended.</summary>
internal static class PrometheusNames
{
    /// <summary>The name of an instrument.</summary>
    public static string Of(Instrument instrument, bool isCounter)
    {
        var name = Label(instrument.Name);
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => string.Empty,
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>A name of letters, digits and underscores that does not start with a digit.</summary>
    public static string Label(string name)
    {
        var text = string.Create(name.Length, name, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '_';
        });
        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }
}
