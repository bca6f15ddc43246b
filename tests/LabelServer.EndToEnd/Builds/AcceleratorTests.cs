namespace LabelServer.EndToEnd.Builds;

/// <summary>Which native packages each build takes. They cannot all be restored on one machine, so the project files are evaluated.</summary>
public sealed class AcceleratorTests
{
    private static readonly string[] NativeOnnx = ["Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.DirectML", "Microsoft.ML.OnnxRuntime.Gpu.Linux", "Microsoft.ML.OnnxRuntime.Gpu.Windows"];

    [Theory]
    [InlineData("cpu", "linux", "Microsoft.ML.OnnxRuntime", "1.31.1")]
    [InlineData("cpu", "windows", "Microsoft.ML.OnnxRuntime", "1.31.1")]
    [InlineData("cpu", "macos", "Microsoft.ML.OnnxRuntime", "1.31.1")]
    [InlineData("directml", "windows", "Microsoft.ML.OnnxRuntime.DirectML", "1.23.0")]
    [InlineData("cuda", "windows", "Microsoft.ML.OnnxRuntime.Gpu.Windows", "1.31.0")]
    [InlineData("cuda", "linux", "Microsoft.ML.OnnxRuntime.Gpu.Linux", "1.31.0")]
    public async Task OnnxProject_ForEachSwitch_TakesOneNativeRuntime(string accelerator, string system, string package, string version)
    {
        var project = await EvaluatedProject.ReadAsync("LabelServer.Onnx", $"Accelerator={accelerator}", $"TargetSystem={system}");

        Assert.Equal([package], project.Packages.Keys.Intersect(NativeOnnx));
        Assert.Equal(version, project.Packages[package]);
        Assert.DoesNotContain(project.Packages.Keys, IsTorch);
    }

    [Theory]
    [InlineData("cpu", "linux", "libtorch-cpu-linux-x64", "2.10.0")]
    [InlineData("cpu", "windows", "libtorch-cpu-win-x64", "2.10.0")]
    [InlineData("cpu", "macos", "libtorch-cpu-osx-arm64", "2.10.0")]
    [InlineData("directml", "windows", "libtorch-cpu-win-x64", "2.10.0")]
    [InlineData("cuda", "windows", "TorchSharp-cuda-windows", "0.107.0")]
    [InlineData("cuda", "linux", "TorchSharp-cuda-linux", "0.107.0")]
    public async Task LearningProject_ForEachSwitch_TakesOneNativeLibtorch(string accelerator, string system, string package, string version)
    {
        var project = await EvaluatedProject.ReadAsync("LabelServer.Learning", $"Accelerator={accelerator}", $"TargetSystem={system}");

        Assert.Equal([package], project.Packages.Keys.Where(IsTorch).Except(["TorchSharp"]));
        Assert.Equal(version, project.Packages[package]);
    }

    [Theory]
    [InlineData("cpu", "linux")]
    [InlineData("directml", "windows")]
    [InlineData("cuda", "linux")]
    public async Task Worker_WithoutTorch_StandsOnNothingThatTakesLibtorch(string accelerator, string system)
    {
        var pending = new Stack<string>(["LabelServer.Worker"]);
        var seen = new HashSet<string>();
        while (pending.TryPop(out var name))
        {
            if (!seen.Add(name))
                continue;
            var project = await EvaluatedProject.ReadAsync(name, "Torch=false", $"Accelerator={accelerator}", $"TargetSystem={system}");
            Assert.DoesNotContain(project.Packages.Keys, IsTorch);
            foreach (var reference in project.Projects)
                pending.Push(reference);
        }

        Assert.Contains("LabelServer.Onnx", seen);
        Assert.DoesNotContain("LabelServer.Learning", seen);
    }

    [Fact]
    public async Task Worker_ByDefault_HasBothRuntimes()
    {
        var project = await EvaluatedProject.ReadAsync("LabelServer.Worker");

        Assert.Contains("LabelServer.Learning", project.Projects);
        Assert.Contains("LabelServer.Onnx", project.Projects);
    }

    private static bool IsTorch(string package) => package.Contains("torch", StringComparison.OrdinalIgnoreCase);
}
