using Google.Protobuf;
using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Tests.Models;

/// <summary>Models that take weights from other files, and ones that reach for what is not theirs.</summary>
public sealed class ExternalDataTests : ModelFileTests
{
    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/../../secret.bin")]
    [InlineData("..\\secret.bin")]
    [InlineData("C:secret.bin")]
    [InlineData("")]
    public async Task Load_OfExternalDataOutsideTheFolder_IsRefusedBeforeTheRuntimeSeesIt(string location)
    {
        await File.WriteAllBytesAsync(Path.Combine(Folder, "secret.bin"), new byte[64], TestContext.Current.CancellationToken);

        var error = await Refused(External(location).ToByteArray(), Directory.CreateDirectory(Path.Combine(Folder, "bundle")).FullName);

        Assert.Contains("not in the model's own folder", error.Message, StringComparison.Ordinal);
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataBehindALink_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs a right there.");
        var bundle = Directory.CreateDirectory(Path.Combine(Folder, "bundle")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(Folder, "secret.bin"), new byte[64], TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(bundle, "weights.bin"), Path.Combine(Folder, "secret.bin"));

        Assert.Contains("not in the model's own folder", (await Refused(External("weights.bin").ToByteArray(), bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataHiddenInASubGraph_IsRefused()
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        var inner = new GraphProto { Name = "inner" };
        inner.Initializer.Add(External("../secret.bin").Graph.Initializer[0]);
        model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = inner });

        Assert.Contains("not in the model's own folder", (await Refused(model.ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataThatIsTooShort_IsRefused()
    {
        await File.WriteAllBytesAsync(Path.Combine(Folder, "weights.bin"), new byte[4], TestContext.Current.CancellationToken);

        Assert.Contains("cut short", (await Refused(External("weights.bin").ToByteArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfExternalDataBesideTheModel_UsesIt()
    {
        await File.WriteAllBytesAsync(Path.Combine(Folder, "weights.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([3f, 5f]).ToArray(), TestContext.Current.CancellationToken);

        using var network = await Load(External("weights.bin").ToByteArray());
        using var output = network.Run([2], new WindowBatchShape(1, 1, new(1, 1, 1)), TestContext.Current.CancellationToken);

        Assert.Equal([6f, 10f], Values(output));
    }

    private static ModelProto External(string location)
    {
        var model = OnnxModels.Linear([1, 2], [0, 0]);
        var tensor = model.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
        return model;
    }
}
