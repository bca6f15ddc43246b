using LabelServer.Hosting;
using LabelServer.Testing;

namespace LabelServer.Tests.Hosting;

public sealed class UnusedVariableTests
{
    [Theory]
    [InlineData("MONAI_LABEL_DATASTORE", "xnat")]
    [InlineData("MONAI_LABEL_DATASTORE_URL", "http://x")]
    [InlineData("MONAI_LABEL_DICOMWEB_USERNAME", "me")]
    [InlineData("MONAI_LABEL_TRACKING_URI", "http://mlflow")]
    public void VariableForWhatIsNotHere_StopsTheStartWithItsName(string name, string value)
    {
        var error = Assert.Throws<ServerOptionsException>(() => Build(name, value));
        Assert.StartsWith(name + " is set:", Assert.Single(error.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MONAI_LABEL_QIDO_PREFIX", "q")]
    [InlineData("MONAI_LABEL_DICOMWEB_SEARCH_FILTER", "{\"Modality\":\"CT\"}")]
    [InlineData("MONAI_ZOO_AUTH_TOKEN", "t")]
    public void VariableWithoutMeaning_IsNamedAndIgnored(string name, string value)
    {
        Build(name, value);
        Assert.StartsWith(name + " is ignored:", Assert.Single(UnusedVariables.Notices(Environment(name, value))), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyVariable_AsksForNothing() => Build("MONAI_LABEL_DATASTORE", string.Empty);

    private static ServerOptions Build(string name, string value)
        => ServerOptionsBuilder.Build(new StartServerArguments { App = Path.Combine(SharedFolders.Repository, "apps", "monaibundle"), Studies = Path.GetTempPath() }, Environment(name, value));

    private static EnvironmentSettings Environment(string name, string value) => new(new Dictionary<string, string> { [name] = value });
}
