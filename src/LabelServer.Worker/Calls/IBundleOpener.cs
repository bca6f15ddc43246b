using LabelServer.Inference.Pipelines;

namespace LabelServer.Worker.Calls;

/// <summary>Opens a bundle's folder for inference.</summary>
internal interface IBundleOpener
{
    /// <summary>Opens the bundle.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="BundleUnsupportedException">It holds what this program does not run.</exception>
    IBundleRunner Open(string folder);
}
