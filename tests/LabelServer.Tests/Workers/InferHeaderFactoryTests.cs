using LabelServer.Inference;
using LabelServer.Models;
using LabelServer.Testing;
using LabelServer.Tests.Doubles;
using LabelServer.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Workers;

public sealed class InferHeaderFactoryTests : IDisposable
{
    private const string WithGaps = """{ "0": "spleen", "1": "background", "2": "liver" }""";
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Create_ChannelsThatAreNoRanks_SendsWhichValueEachBecomes()
    {
        var header = InferHeaderFactory.Create(Job(new InferenceParameters()), Model(WithGaps));

        Assert.Equal([new(0, 1), new(2, 2)], header.Parameters.LabelValues.OrderBy(v => v.Key));
    }

    [Fact]
    public void Create_RestoreLabelIdx_LeavesTheChannelNumbers()
    {
        Assert.Empty(InferHeaderFactory.Create(Job(new InferenceParameters { RestoreLabelIdx = true }), Model(WithGaps)).Parameters.LabelValues);
    }

    [Fact]
    public void Create_ChannelsThatAreRanks_SendsNoTable()
    {
        Assert.Empty(InferHeaderFactory.Create(Job(new InferenceParameters()), Model("""{ "0": "background", "1": "liver", "2": "spleen" }""")).Parameters.LabelValues);
    }

    [Theory]
    [InlineData(null, "scan.nrrd", ".nrrd")]
    [InlineData(null, "scan.hdr", ".nii.gz")]
    [InlineData("", "a.b.nii", ".nii")]
    [InlineData("nrrd", "scan.nii.gz", ".nrrd")]
    [InlineData(".SEG.NRRD", "scan.nii.gz", ".seg.nrrd")]
    public void Create_ResultExtension_FollowsTheRequestThenTheImage(string? asked, string image, string expected)
    {
        var job = Job(new InferenceParameters { ResultExtension = asked }) with { Parts = [new InferenceImagePart(image, _ => Task.FromResult(Stream.Null))] };

        Assert.Equal(expected, InferHeaderFactory.Create(job, Model(WithGaps)).Parameters.ResultExtension);
    }

    [Theory]
    [InlineData("auto", Worker.Contract.Runtime.Auto)]
    [InlineData("torch", Worker.Contract.Runtime.Torch)]
    [InlineData("onnx", Worker.Contract.Runtime.Onnx)]
    public void Create_RuntimeOfTheServer_IsSentAlong(string runtime, Worker.Contract.Runtime expected) =>
        Assert.Equal(expected, InferHeaderFactory.Create(Job(new InferenceParameters()), Model(WithGaps), runtime).Parameters.Runtime);

    [Theory]
    [InlineData("directml:1")]
    [InlineData("cuda:0")]
    [InlineData("cpu")]
    [InlineData("CPU")]
    public void Create_Device_IsPassedOn(string device) =>
        Assert.Equal(device, InferHeaderFactory.Create(Job(new InferenceParameters { Device = device }), Model(WithGaps)).Parameters.Device);

    [Theory]
    [InlineData("tpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("cuda:-1")]
    [InlineData("cpu:0\nx")]
    public void Create_ADeviceThatHasNoSuchName_IsRefusedWithThoseThatAreThere(string device)
    {
        var error = Assert.Throws<ParameterRefusedException>(() => InferHeaderFactory.Create(Job(new InferenceParameters { Device = device }), Model(WithGaps)));

        Assert.Equal($"The parameter device can not be {device}. Use cpu.", error.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static InferenceJob Job(InferenceParameters parameters) => new()
    {
        Model = "ct",
        ImageName = "scan",
        Parts = [new InferenceImagePart("scan.nii.gz", _ => Task.FromResult(Stream.Null))],
        Parameters = parameters,
    };

    private ModelDescription Model(string channels)
    {
        SegmentationBundle.Write(Path.Combine(_folder.Path, "ct"), channels: channels);
        return new ModelCatalog(new ModelCatalogOptions { SearchFolders = [_folder.Path] }, new DeviceDirectory(), NullLogger<ModelCatalog>.Instance).Require("ct");
    }
}
