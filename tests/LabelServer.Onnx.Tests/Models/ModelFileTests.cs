using LabelServer.Inference.Networks;
using LabelServer.Onnx.Runtime;

namespace LabelServer.Onnx.Tests.Models;

/// <summary>Writes files and loads them as bundles' models are loaded.</summary>
public abstract class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected string Folder => _folder.Path;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<NetworkWeightsException> Refused(byte[] bytes, string? folder = null) => Assert.ThrowsAsync<NetworkWeightsException>(() => Load(bytes, folder));

    protected async Task<INetwork> Load(byte[] bytes, string? folder = null)
    {
        var path = Path.Combine(folder ?? Folder, "model.onnx");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        return await new OnnxNetworkFactory().LoadWholeAsync(path, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);
    }

    /// <summary>The scores of the first voxel.</summary>
    protected static unsafe float[] Values(NetworkOutput output) => new ReadOnlySpan<float>((float*)output.Window(0), output.Channels).ToArray();
}
