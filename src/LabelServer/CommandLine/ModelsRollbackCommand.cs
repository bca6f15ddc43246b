using System.CommandLine;
using LabelServer.Bundles.History;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models rollback NAME [VERSION]</c>: serves earlier weights again. A running server takes them for its next inference.</summary>
internal static class ModelsRollbackCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var name = new Argument<string>("NAME") { Description = "The bundle." };
        var version = new Argument<int?>("VERSION") { Description = "A number of 'models history'. Default: the one before the served one.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file") { Description = "The weights file, such as model_lowres.pt, where the bundle has several that were trained." };
        var command = new Command("rollback", "Serves earlier weights of a bundle again. A running server uses them from its next inference on.") { name, version, file };
        catalog.AddTo(command);
        command.SetAction(result => Run(catalog, result, name, version, file));
        return command;
    }

    private static int Run(CatalogOptions catalog, ParseResult result, Argument<string> name, Argument<int?> version, Option<string?> file)
    {
        var console = result.InvocationConfiguration;
        if (ModelSelection.Select(catalog.Open(result), [result.GetValue(name)!], console.Error) is not [var model])
            return 1;
        var wanted = result.GetValue(file);
        var histories = WeightsHistories.Of(model).Where(h => wanted is null || Path.GetFileName(h.ServedFile) == wanted).ToList();
        switch (histories.Count)
        {
            case 0:
                console.Error.WriteLine($"{model.Id}{(wanted is null ? string.Empty : "/" + wanted)} was never trained here: there is nothing to go back to.");
                return 1;
            case > 1:
                console.Error.WriteLine($"{model.Id} has several weights files with a history. Say which with --file: {string.Join(", ", histories.Select(h => Path.GetFileName(h.ServedFile)))}.");
                return 1;
        }

        try
        {
            var served = histories[0].Rollback(result.GetValue(version));
            console.Output.WriteLine($"{model.Id}/{Path.GetFileName(histories[0].ServedFile)}: version {served.Version} is served from now on.");
            return 0;
        }
        catch (Exception error) when (error is WeightsHistoryException or IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(error.Message);
            return 1;
        }
    }
}
