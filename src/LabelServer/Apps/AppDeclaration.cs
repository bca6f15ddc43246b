using System.Text.Json;

namespace LabelServer.Apps;

/// <summary>What an app offers: the content of its <c>app.json</c>. The form is in <c>app.schema.json</c> beside it.</summary>
public sealed record AppDeclaration
{
    /// <summary>The name of the file in the app's folder.</summary>
    public const string FileName = "app.json";

    /// <summary>The name that clients show.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for the clients to show; may be empty.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Names of bundles that are offered when <c>--conf models</c> is not given; empty for all that are found.</summary>
    public IReadOnlyList<string> DefaultModels { get; init; } = [];

    /// <summary>The types of bundles that are offered when all are; empty for every type.</summary>
    public IReadOnlyList<string> ModelTypes { get; init; } = [];

    /// <summary>Names of active learning strategies, in the order of <c>/info/</c>.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Names of scoring methods, in the order of <c>/info/</c>.</summary>
    public IReadOnlyList<string> Scoring { get; init; } = [];

    /// <summary>Defaults of <c>--conf</c>.</summary>
    public IReadOnlyDictionary<string, string> Conf { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the declaration of an app.</summary>
    /// <param name="appFolder">The app's folder.</param>
    /// <exception cref="AppDeclarationException">The file is missing, is no JSON, or says something that is not known; lists all faults.</exception>
    public static AppDeclaration Read(string appFolder)
    {
        var path = Path.Combine(appFolder, FileName);
        var faults = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var declaration = new AppDeclarationReader(faults).Read(document.RootElement);
            if (faults.Count == 0)
                return declaration;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add(error.Message);
        }

        throw new AppDeclarationException(path, faults);
    }
}
