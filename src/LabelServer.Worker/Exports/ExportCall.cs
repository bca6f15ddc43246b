using Google.Protobuf;
using Grpc.Core;
using LabelServer.Bundles.History;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Onnx.Export;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Exports;

/// <summary>Writes a bundle's network as ONNX, checks the file and sends it.</summary>
internal sealed partial class ExportCall(INetworkFactory networks, ExportCheck check, ILogger<ExportCall> logger)
{
    // Messages end at 1 MiB.
    private const int ChunkBytes = 1 << 19;

    /// <summary>Serves the call.</summary>
    /// <exception cref="RpcException">It failed; the status says why, the trailer which kind of failure it is.</exception>
    public async Task RunAsync(ExportRequest request, IServerStreamWriter<ExportDownload> down, CancellationToken cancellationToken)
    {
        var bundle = Path.GetFileName(Path.TrimEndingDirectorySeparator(request.BundleFolder));
        var folder = Directory.CreateTempSubdirectory("labelserver-export-");
        try
        {
            var file = Path.Combine(folder.FullName, "model.onnx");
            var end = await Task.Run(() => WriteAsync(request, file, cancellationToken), cancellationToken);
            await using (var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous))
            {
                var buffer = new byte[ChunkBytes];
                for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;)
                    await down.WriteAsync(new ExportDownload { Chunk = ByteString.CopyFrom(buffer, 0, count) }, cancellationToken);
                end.Length = content.Length;
            }

            await down.WriteAsync(new ExportDownload { End = end }, cancellationToken);
        }
        catch (Exception error) when (error is not RpcException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(error, bundle);
            throw Failure.ToExportRpc(error, bundle);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<ExportEnd> WriteAsync(ExportRequest request, string file, CancellationToken cancellationToken)
    {
        var network = BundleNetwork.Find(request.BundleFolder, networks, request.ModelFilename, request.HasHighres ? request.Highres : null);
        if (network.Definition is not { } definition)
            throw new NetworkUnsupportedException($"{Path.GetFileName(network.WeightsFile)} is a whole network, not weights for one of this program's networks, and can not be written as ONNX.");
        if (!File.Exists(network.WeightsFile))
            throw new ModelMissingException($"The weights '{Path.GetFileName(network.WeightsFile)}' are not in the bundle. Fetch them with: labelserver models download {Path.GetFileName(request.BundleFolder)}");
        if (request.HasVersion)
            network = network with { WeightsFile = new WeightsHistory(request.BundleFolder, Path.GetFileName(network.WeightsFile), TimeProvider.System).FileOf(request.Version) };
        var precision = request.Half ? NetworkPrecision.Float16 : NetworkPrecision.Float32;
        var options = new OnnxGraphOptions(precision, NameOf(network.Metadata.Inputs, "image"), NameOf(network.Metadata.Outputs, "pred"), MetadataProperties.Of(network.Metadata));
        await OnnxExport.WriteAsync(definition, network.WeightsFile, file, options, cancellationToken);
        return await check.RunAsync(network, definition, file, precision, cancellationToken);
    }

    private static string NameOf(IReadOnlyList<LabelServer.Bundles.Metadata.NetworkTensor> tensors, string otherwise) =>
        tensors.FirstOrDefault(t => t.Name == otherwise)?.Name ?? (tensors.Count > 0 ? tensors[0].Name : otherwise);

    [LoggerMessage(1, LogLevel.Error, "The export of {Bundle} failed.")]
    private partial void LogFailed(Exception error, string bundle);
}
