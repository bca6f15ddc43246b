using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Formats;

/// <summary>A volume together with what its file said about it. Owns the volume.</summary>
/// <param name="Header">The header.</param>
/// <param name="Volume">The voxels.</param>
public sealed record LoadedVolume(VolumeHeader Header, Volume Volume) : IDisposable
{
    /// <summary>Frees the voxels.</summary>
    public void Dispose() => Volume.Dispose();
}
