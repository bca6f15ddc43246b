using Google.Protobuf;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Writes a bundle's network with its weights as an ONNX file.</summary>
public static class OnnxExport
{
    /// <summary>The version of the operator set that models are written in.</summary>
    public const int Opset = 17;

    /// <summary>Whether the network can be written.</summary>
    /// <param name="definition">The bundle's network definition.</param>
    public static bool Supports(ConfigValue.Component definition) => OnnxGraphs.Knows(definition);

    /// <summary>Writes the file: whole or not at all, since it gets its name only when it is complete.</summary>
    /// <param name="definition">The bundle's network definition.</param>
    /// <param name="weightsFile">The checkpoint.</param>
    /// <param name="file">The file to write; replaced if it is there.</param>
    /// <param name="options">Names, precision, properties.</param>
    /// <param name="cancellationToken">Stops before the file has its name.</param>
    /// <exception cref="NetworkUnsupportedException">The network or an argument of it can not be written as ONNX.</exception>
    /// <exception cref="NetworkWeightsException">The weights do not fit the network.</exception>
    /// <exception cref="CheckpointException">The weights can not be read.</exception>
    public static async Task WriteAsync(ConfigValue.Component definition, string weightsFile, string file, OnnxGraphOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bytes = await Task.Run(
            () =>
            {
                using var checkpoint = Checkpoint.Read(weightsFile, cancellation: cancellationToken);
                return OnnxGraphs.Build(definition, checkpoint, Path.GetFileName(weightsFile), options, cancellationToken).ToByteArray();
            },
            cancellationToken);
        var part = file + ".part";
        try
        {
            await File.WriteAllBytesAsync(part, bytes, cancellationToken);
            File.Move(part, file, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
