using System.Text.Json;
using LabelServer.Apps;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Apps;

public sealed class AppDeclarationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Apps => [.. Directory.EnumerateDirectories(Path.Combine(SharedFolders.Repository, "apps")).Select(f => Path.GetFileName(f)!)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Apps))]
    public void Read_EveryAppOfTheRepository_IsValid(string app)
    {
        var folder = Path.Combine(SharedFolders.Repository, "apps", app);
        Assert.NotEmpty(AppDeclaration.Read(folder).Name);
        using var declaration = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "app.json")));
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, declaration.RootElement.GetProperty("$schema").GetString()!)));
        var known = schema.RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name);
        Assert.Empty(declaration.RootElement.EnumerateObject().Select(p => p.Name).Except(known));
    }

    [Fact]
    public void Read_EverythingWrong_ListsAllFaults()
    {
        Write("""{ "nmae": "x", "models": [], "strategies": ["random", "clever"], "conf": { "a": 1 } }""");
        var error = Assert.Throws<AppDeclarationException>(() => AppDeclaration.Read(_folder.Path));
        Assert.All(["'nmae'", "'name'", "'models'", "'clever'", "'conf'"], word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    public void Read_NoObject_NamesTheFile(string text)
    {
        Write(text);
        Assert.Contains(_folder.Path, Assert.Throws<AppDeclarationException>(() => AppDeclaration.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.Path, AppDeclaration.FileName), text);
}
