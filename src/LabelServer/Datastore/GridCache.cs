using System.Collections.Concurrent;
using LabelServer.Datastore.Checks;
using LabelServer.Datastore.Names;
using LabelServer.Imaging.Geometry;

namespace LabelServer.Datastore;

/// <summary>Remembers the grids of images as long as their files do not change.</summary>
internal sealed class GridCache(IVolumeInspector inspector)
{
    private readonly ConcurrentDictionary<string, (FileStamp Stamp, VolumeGrid Grid)> _grids = new(StringComparer.Ordinal);

    /// <summary>The grid of an open image.</summary>
    public async Task<VolumeGrid> ReadAsync(string imageId, StoredFile file, CancellationToken cancellationToken)
    {
        var stamp = new FileStamp(file.Length, file.LastModified.UtcTicks);
        if (_grids.TryGetValue(imageId, out var known) && known.Stamp == stamp)
        {
            return known.Grid;
        }

        var grid = await inspector.ReadGridAsync(file.Content, $"The image '{ImageIds.Printable(imageId)}'", cancellationToken);
        _grids[imageId] = (stamp, grid);
        return grid;
    }
}
