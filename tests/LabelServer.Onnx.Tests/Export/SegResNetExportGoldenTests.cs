using LabelServer.Inference.Networks;
using LabelServer.Onnx.Export;
using LabelServer.Onnx.Runtime;
using LabelServer.Testing;

namespace LabelServer.Onnx.Tests.Export;

/// <summary>SegResNet written as ONNX and run by ONNX Runtime, against MONAI's own output.</summary>
public sealed class SegResNetExportGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("networks");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_OfEveryCheckpointOfTheCase_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("networks", name);
        using var json = golden.ReadJson();
        var tensors = golden.ReadTensors();
        foreach (var file in Directory.EnumerateFiles(golden.Folder, name + ".*").Where(f => Path.GetExtension(f) == ".pt"))
        {
            using var network = await new OnnxNetworkFactory().CreateAsync(
                NetworkGolden.Define(json.RootElement), file, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);

            NetworkGolden.AssertMatches(golden, tensors, network, file.Contains(".half.", StringComparison.Ordinal) ? 1e-2 : 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Export_InFloat32_GivesAFileThatMatchesMonai(string name) => CheckFile(name, NetworkPrecision.Float32, 1e-4);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Export_InFloat16_GivesAFileThatNearlyMatchesMonai(string name) => CheckFile(name, NetworkPrecision.Float16, 2e-2);

    private static async Task CheckFile(string name, NetworkPrecision precision, double tolerance)
    {
        var golden = GoldenCase.Require("networks", name);
        using var json = golden.ReadJson();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "model.onnx");
        await OnnxExport.WriteAsync(
            NetworkGolden.Define(json.RootElement), Path.Combine(golden.Folder, name + ".pt"), file, new OnnxGraphOptions(precision, "scan", "scores"), TestContext.Current.CancellationToken);

        using var network = await new OnnxNetworkFactory().LoadWholeAsync(file, new NetworkOptions(NetworkPrecision.Float32, "cpu"), TestContext.Current.CancellationToken);

        NetworkGolden.AssertMatches(golden, golden.ReadTensors(), network, tolerance);
    }
}
