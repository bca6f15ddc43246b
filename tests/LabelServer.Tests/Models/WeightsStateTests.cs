using LabelServer.Models;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Models;

public sealed class WeightsStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Of_FileThatIsWrittenAgain_ChangesAlone()
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "ct"));
        var catalog = new ModelCatalog(new ModelCatalogOptions { SearchFolders = [_folder.Path] }, new DeviceDirectory(), NullLogger<ModelCatalog>.Instance);
        var (fine, coarse) = (Fine(), Coarse());
        Assert.Equal(new HashSet<string> { fine, coarse }, [.. WeightsState.Of(catalog.Require("ct"))]);

        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "ct", "models", SegmentationBundle.FineWeights), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        Assert.NotEqual(fine, Fine());
        Assert.Equal(coarse, Coarse());
        Assert.Contains(Fine(), WeightsState.Of(catalog.Require("ct")));

        string Fine() => WeightsState.Of(catalog.Require("ct"), SegmentationBundle.FineWeights);
        string Coarse() => WeightsState.Of(catalog.Require("ct"), SegmentationBundle.CoarseWeights);
    }

    public void Dispose() => _folder.Dispose();
}
