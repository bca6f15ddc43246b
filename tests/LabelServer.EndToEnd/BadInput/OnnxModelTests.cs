using System.Net;
using System.Runtime.InteropServices;
using Google.Protobuf;
using LabelServer.EndToEnd.Clients;
using LabelServer.EndToEnd.Processes;
using LabelServer.Onnx.Schema;
using LabelServer.Testing;

namespace LabelServer.EndToEnd.BadInput;

/// <summary>ONNX files that are broken, or that want what a model must not: each refused with its reason, the worker lives on, and the next request works.</summary>
public sealed class OnnxModelTests
{
    private const int Classes = 3;
    private const string Outside = "not in the model's own folder";

    [Fact]
    public async Task Infer_WithABrokenOrHostileModel_IsRefusedWithTheReason_AndTheNextRequestWorks()
    {
        var folder = new TestFolder();
        var models = Path.Combine(folder.Path, "models");
        SegmentationBundle.Write(Path.Combine(models, "onnx"), fine: false, coarse: false);
        var file = Path.Combine(models, "onnx", "models", "model.onnx");
        await File.WriteAllBytesAsync(Path.Combine(models, "secret.bin"), new byte[1 << 10], TestContext.Current.CancellationToken);
        var sound = Model().ToByteArray();
        await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(folder, ["--conf", "models", "onnx", "--conf", "models_dir", models]);
        await server.AddImageAsync("image", NiftiBytes.Ct([20, 18, 16]), "x.nii");
        await InferAsync(server);

        foreach (var (what, bytes, words) in Cases(sound, models))
        {
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            using var answer = await server.Client.PostAsync("/infer/onnx?image=image", Form.Params("{}"), TestContext.Current.CancellationToken);
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.Conflict, $"{what}: {(int)answer.StatusCode} {body}");
            Assert.True(body.Contains(words, StringComparison.Ordinal), $"{what}: {body}");

            await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
            await InferAsync(server);
        }

        Assert.DoesNotContain("is started again", server.Output, StringComparison.Ordinal);
    }

    private static async Task InferAsync(ServerProcess server) => await server.SendAsync(HttpMethod.Post, "/infer/onnx?image=image", Form.Params("{}"));

    private static IEnumerable<(string What, byte[] Bytes, string Words)> Cases(byte[] sound, string models)
    {
        yield return ("cut short", sound[..(sound.Length / 2)], "no ONNX model");
        yield return ("a text", [.. "This is no model."u8], "no ONNX model");
        yield return ("nothing", [], "has no weights");
        yield return ("weights of another shape", Changed(m => m.Graph.Initializer[0].Dims[1] = 7), "refused by ONNX Runtime");
        yield return ("a tensor larger than any memory", Changed(m => m.Graph.Initializer[0].Dims[0] = 1L << 40), "refused by ONNX Runtime");
        yield return ("windows of another size", Changed(m => m.Graph.Input[0].Type.TensorType.Shape.Dim[4].DimValue = 24), "roi_size");
        yield return ("an operator of someone else", Changed(m => m.Graph.Node[0].Domain = "com.example"), "com.example");
        yield return ("an unknown operator", Changed(m => m.Graph.Node[0].OpType = "FormatDisk"), "FormatDisk");
        yield return ("an endless loop", Changed(m => (m.Graph.Node[0].OpType, m.Graph.Node[0].Name) = ("Loop", "endless")), "'endless'");
        yield return ("weights above the folder", Changed(m => External(m, "../../../secret.bin")), Outside);
        yield return ("weights by a full path", Changed(m => External(m, Path.Combine(models, "secret.bin"))), Outside);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(models, "onnx", "models", "weights.bin"), Path.Combine(models, "secret.bin"));
            yield return ("weights behind a link", Changed(m => External(m, "weights.bin")), Outside);
        }

        yield return ("weights that are not there", Changed(m => External(m, "lost.bin")), "missing");
    }

    private static byte[] Changed(Action<ModelProto> change)
    {
        var model = Model();
        change(model);
        return model.ToByteArray();
    }

    private static void External(ModelProto model, string location)
    {
        var tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
    }

    // One convolution whose three scores are 1, 2 and 3 times the image.
    private static ModelProto Model()
    {
        var node = new NodeProto { OpType = "Conv" };
        node.Input.AddRange(["image", "w"]);
        node.Output.Add("pred");
        var weights = new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>([1, 2, 3])) };
        weights.Dims.AddRange([Classes, 1, 1, 1, 1]);
        var graph = new GraphProto { Name = "test" };
        graph.Node.Add(node);
        graph.Initializer.Add(weights);
        graph.Input.Add(Volumes("image", 1));
        graph.Output.Add(Volumes("pred", Classes));
        var model = new ModelProto { IrVersion = 7, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = 13 });
        return model;
    }

    private static ValueInfoProto Volumes(string name, int channels)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = channels });
        shape.Dim.AddRange(new[] { "x", "y", "z" }.Select(axis => new TensorShapeProto.Types.Dimension { DimParam = axis }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } } };
    }
}
