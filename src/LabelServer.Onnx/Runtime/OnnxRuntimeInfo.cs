using System.Diagnostics;
using Google.Protobuf;
using LabelServer.Onnx.Export;
using LabelServer.Onnx.Schema;
using Microsoft.ML.OnnxRuntime;

namespace LabelServer.Onnx.Runtime;

/// <summary>What ONNX Runtime offers in this process; each member loads it.</summary>
public static class OnnxRuntimeInfo
{
    /// <summary>Its version.</summary>
    /// <exception cref="DllNotFoundException">The native library is not there. Others mean the same: see <see cref="TypeInitializationException"/>.</exception>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>The execution providers of this build, the preferred one first, whether or not a device for them is there.</summary>
    public static IReadOnlyList<string> Providers => OrtEnv.Instance().GetAvailableProviders();

    /// <summary>Threads that an operation uses.</summary>
    public static int Threads => OnnxSessions.Threads();

    /// <summary>Multiplies two square matrices of ones in float32 and gives the shortest time of some repeats, after once that is not counted.</summary>
    /// <param name="edge">Rows and columns.</param>
    /// <param name="device">The device's id.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="cancellationToken">Looked at before each time.</param>
    /// <exception cref="LabelServer.Inference.Networks.NetworkException">The device is not there or fails.</exception>
    public static TimeSpan MultiplyMatrices(int edge, string device, int repeats, CancellationToken cancellationToken)
    {
        var graph = new GraphBuilder(isHalf: false);
        graph.Node("MatMul", ["a", "b"]);
        ValueInfoProto Square(string name) => new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } };
        var model = new ModelProto { IrVersion = 8, Graph = graph.Finish("product", Square("a"), Square("product")) };
        model.Graph.Input.Add(Square("b"));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = OnnxExport.Opset });
        using var session = OnnxSessions.Open(model.ToByteArray(), "product.onnx", OnnxDevices.Resolve(device, OnnxDevices.Find()));
        var values = new float[edge * edge];
        values.AsSpan().Fill(1);
        using var a = OrtValue.CreateTensorValueFromMemory(values, [edge, edge]);
        using var run = new RunOptions();
        var best = TimeSpan.MaxValue;
        for (var turn = 0; turn <= repeats; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var watch = Stopwatch.StartNew();
            using var product = session.Run(run, ["a", "b"], [a, a], ["product"]);
            best = turn > 0 && watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }

    /// <summary>The devices as requests name them, and for people; GPUs first, the CPU last.</summary>
    public static IReadOnlyList<(string Id, string Name)> Devices() => [.. OnnxDevices.Find().Select(d => (d.Id, d.Name))];
}
