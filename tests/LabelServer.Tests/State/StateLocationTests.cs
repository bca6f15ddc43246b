using LabelServer.Hosting;
using LabelServer.State;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.State;

public sealed class StateLocationTests
{
    [Fact]
    public void For_StudiesOnALocalDisk_IsTheHiddenFolderInThem()
    {
        using var folder = new TemporaryFolder();
        var place = StateLocation.For(Options(folder.Path), _ => false);
        Assert.Equal(Path.Combine(folder.Path, ".labelserver", "state.db"), place.File);
        Assert.Null(place.Owner);
    }

    [Fact]
    public void For_StudiesOnANetworkDrive_IsAFolderOfThisUser()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder.Path);
        var asked = string.Empty;
        var place = StateLocation.For(options, path =>
        {
            asked = path;
            return true;
        });
        Assert.Equal(options.LocalStateFolder, place.Folder);

        // The nearest folder that exists is the one that can be asked about.
        Assert.Equal(folder.Path, asked);
    }

    [Fact]
    public void For_AChosenFolder_IsBoundToTheStudies()
    {
        var place = StateLocation.For(Options("/data/studies") with { DatabaseFolder = "/var/state" }, _ => true);
        Assert.Equal(new StateOptions("/var/state", "/data/studies"), place);
    }

    private static ServerOptions Options(string studies) => new() { AppFolder = "app", StudiesFolder = studies };
}
