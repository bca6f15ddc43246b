using System.CommandLine;
using LabelServer.Bundles;
using LabelServer.Models;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver models verify [NAME…]</c>: compares the weights that are there with the published checksums. Exit code 1 when one differs.</summary>
internal static class ModelsVerifyCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var catalog = new CatalogOptions();
        var names = new Argument<string[]>("NAME") { Description = "The bundles to check; none means all.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("verify", "Compares the weights that are there with their published checksums.") { names };
        catalog.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(catalog.Open(result), result.GetValue(names) ?? [], result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ModelCatalog catalog, string[] names, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (ModelSelection.Select(catalog, names, console.Error) is not { } models)
            return 1;
        var faults = 0;
        foreach (var model in models)
        {
            try
            {
                foreach (var file in Bundle.Open(model.Folder).LargeFiles)
                {
                    var path = Path.Combine(model.Folder, file.Path);
                    var verdict = !File.Exists(path) ? "missing"
                        : file.HashValue is null ? "present, no checksum is published"
                        : await ModelDownloader.FitsAsync(path, file, cancellationToken) ? "good"
                        : $"DIFFERS from the published file ({file.HashType} {file.HashValue}); a model trained here does";
                    if (verdict.StartsWith("DIFFERS", StringComparison.Ordinal))
                        faults++;
                    await console.Output.WriteLineAsync($"{model.Id}/{file.Path}: {verdict}");
                }

                await console.Output.WriteLineAsync($"{model.Id}: {model.Problem ?? model.Notice ?? "usable"}");
            }
            catch (BundleException error)
            {
                faults++;
                await console.Output.WriteLineAsync($"{model.Id}: {error.Message}");
            }
        }

        return faults == 0 ? 0 : 1;
    }
}
