using System.CommandLine;
using System.Globalization;
using LabelServer.Bundles.History;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models history NAME</c>: what was trained and served, the newest first.</summary>
internal static class ModelsHistoryCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var name = new Argument<string>("NAME") { Description = "The bundle." };
        var command = new Command("history", "Lists the versions of a bundle's weights: when they were trained, how good they are, which one is served.") { name };
        catalog.AddTo(command);
        command.SetAction(result => Run(catalog, result, name));
        return command;
    }

    private static int Run(CatalogOptions catalog, ParseResult result, Argument<string> name)
    {
        var console = result.InvocationConfiguration;
        if (ModelSelection.Select(catalog.Open(result), [result.GetValue(name)!], console.Error) is not [var model])
            return 1;
        var shown = false;
        foreach (var history in WeightsHistories.Of(model))
        {
            shown = true;
            Write(history, console.Output);
        }

        if (!shown)
            console.Output.WriteLine($"{model.Id} was never trained here.");
        return 0;
    }

    private static void Write(WeightsHistory history, TextWriter output)
    {
        output.WriteLine(Path.GetFileName(history.ServedFile));
        var served = history.FindServed()?.Version;
        if (served is null && File.Exists(history.ServedFile))
            output.WriteLine("    a file that was put there by hand is served");
        foreach (var version in history.Versions())
            output.WriteLine(Describe(version, version.Version == served));
    }

    private static string Describe(WeightsVersion version, bool isServed)
    {
        var what = version.Info is not { } info ? "not trained here"
            : string.Create(CultureInfo.InvariantCulture, $"epoch {info.Epoch}, {(info.MeanDice is { } dice ? $"mean Dice {dice.ToString("0.0000", CultureInfo.InvariantCulture)}" : "not validated")}, {info.TrainingImages} images trained on, {info.ValidationImages} validated on");
        return string.Create(CultureInfo.InvariantCulture, $"{(isServed ? '*' : ' ')} {version.Version,4}  {version.Published.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {what}");
    }
}
