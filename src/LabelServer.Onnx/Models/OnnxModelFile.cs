using Google.Protobuf;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Models;

/// <summary>Reads an ONNX file as data, before ONNX Runtime sees it.</summary>
/// <remarks>Bounded: a file beyond <see cref="MaxBytes"/> is refused before it is read, and so are graphs nested deeper than <see cref="MaxDepth"/> messages. While a model is read, its bytes are held twice.</remarks>
internal static class OnnxModelFile
{
    /// <summary>The largest file that is read, 1 GiB. The format itself ends at 2 GiB; networks of this field are below 0.5.</summary>
    public const long MaxBytes = 1L << 30;

    private const int MaxDepth = 100;

    /// <summary>Reads and checks the file.</summary>
    /// <param name="file">The <c>.onnx</c> file.</param>
    /// <param name="cancellationToken">Looked at between the steps.</param>
    /// <exception cref="NetworkWeightsException">It is no ONNX model, is cut short, too large, has loops, or names data outside its folder.</exception>
    public static async Task<ModelProto> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(file);
        var length = new FileInfo(file).Length;
        if (length > MaxBytes)
        {
            throw new NetworkWeightsException($"'{name}' has {length >> 20} MiB; ONNX files up to {MaxBytes >> 20} MiB are read.");
        }

        var model = Parse(await File.ReadAllBytesAsync(file, cancellationToken), name);
        GraphLimits.Check(model, name);
        ExternalData.Check(model, file);
        return model;
    }

    private static ModelProto Parse(byte[] bytes, string name)
    {
        ModelProto model;
        try
        {
            using var memory = new MemoryStream(bytes, writable: false);
            using var input = CodedInputStream.CreateWithLimits(memory, int.MaxValue, MaxDepth);
            model = ModelProto.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new NetworkWeightsException($"'{name}' is no ONNX model, or it is cut short: {exception.Message}", exception);
        }

        if (model.Graph is null || model.Graph.Node.Count == 0 || model.Graph.Output.Count == 0)
        {
            throw new NetworkWeightsException($"'{name}' is no ONNX model: it holds no graph.");
        }

        return model.OpsetImport.Count > 0 ? model : throw new NetworkWeightsException($"'{name}' is no whole ONNX model: it does not say which operator set it is written in.");
    }
}
