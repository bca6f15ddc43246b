using LabelServer.Inference.Networks;
using Microsoft.ML.OnnxRuntime;

namespace LabelServer.Onnx.Runtime;

/// <summary>Opens sessions of ONNX Runtime with settings for windows of volumes.</summary>
/// <remarks>The arena keeps its peak until the session ends, where the C library's allocator gives it back after each job; the memory pattern needs one size of window for ever.
/// Threads wait for work by sleeping: between two windows the blending wants the processors. SessionMeasurement in the tests measures each setting.</remarks>
internal static class OnnxSessions
{
    private const string ThreadVariable = "OMP_NUM_THREADS";

    /// <summary>Opens a model on a device.</summary>
    /// <param name="model">The model's bytes, or null to read <paramref name="file"/>, whose other files the runtime then finds beside it.</param>
    /// <param name="file">The model's file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="settings">Settings other than the usual ones; null takes those.</param>
    /// <exception cref="NetworkWeightsException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="NetworkException">The device can not be used.</exception>
    public static InferenceSession Open(byte[]? model, string file, OnnxDevice device, OnnxSettings? settings = null)
    {
        var name = Path.GetFileName(file);
        try
        {
            using var options = Options(device, settings ?? OnnxSettings.Usual);
            return model is null ? new InferenceSession(file, options) : new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException exception) when (device.Provider == OnnxProvider.Cpu && !MemoryShortage.IsCauseOf(exception))
        {
            throw new NetworkWeightsException($"'{name}' is refused by ONNX Runtime: {Words(exception)}", exception);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            throw new NetworkException($"'{name}' can not be loaded on {device.Id}: {Words(exception)}", exception);
        }
    }

    /// <summary>The first line of a message without the runtime's own error code: people need no more.</summary>
    public static string Words(Exception exception)
    {
        var line = exception.Message.Split('\n', 2)[0].Trim();
        return line.StartsWith("[ErrorCode:", StringComparison.Ordinal) && line.IndexOf(']', StringComparison.Ordinal) is var end and > 0 ? line[(end + 1)..].Trim() : line;
    }

    /// <summary>Threads of an operation: the same limit as libtorch has, what the server sets for the worker, else the processors of the process.</summary>
    public static int Threads() => int.TryParse(Environment.GetEnvironmentVariable(ThreadVariable), out var threads) && threads > 0 ? threads : Environment.ProcessorCount;

    private static SessionOptions Options(OnnxDevice device, OnnxSettings settings)
    {
        var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = settings.Threads ?? Threads(),
            InterOpNumThreads = 1,
            EnableCpuMemArena = settings.Arena,

            // DirectML takes no memory pattern.
            EnableMemoryPattern = settings.MemoryPattern && device.Provider != OnnxProvider.DirectMl,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", settings.Spinning ? "1" : "0");
        switch (device.Provider)
        {
            case OnnxProvider.DirectMl:
                options.AppendExecutionProvider_DML(device.Index);
                break;
            case OnnxProvider.Cuda:
                options.AppendExecutionProvider_CUDA(device.Index);
                break;
        }

        return options;
    }
}
