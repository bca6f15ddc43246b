using LabelServer.Imaging.Volumes;

namespace LabelServer.Inference.Pipelines;

/// <summary>A volume that is disposed with this, unless somebody takes it over before.</summary>
internal sealed class HeldVolume(Volume volume) : IDisposable
{
    private bool _released;

    /// <summary>The volume.</summary>
    public Volume Volume => volume;

    /// <summary>The volume; the caller disposes it.</summary>
    public Volume Release()
    {
        _released = true;
        return volume;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_released)
        {
            volume.Dispose();
        }
    }
}
