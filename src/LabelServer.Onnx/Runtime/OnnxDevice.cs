namespace LabelServer.Onnx.Runtime;

/// <summary>A part of ONNX Runtime that computes on one kind of device.</summary>
internal enum OnnxProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>DirectML: every GPU with DirectX 12 under Windows.</summary>
    DirectMl,

    /// <summary>CUDA: GPUs of NVIDIA.</summary>
    Cuda,
}

/// <summary>A device that this build of ONNX Runtime can compute on.</summary>
/// <param name="Id">How requests name it: <c>cpu</c>, <c>directml:0</c>, <c>cuda:0</c>.</param>
/// <param name="Name">For people: the GPU's name where the runtime tells it.</param>
/// <param name="Provider">The part of ONNX Runtime.</param>
/// <param name="Index">Which of the devices of that part.</param>
internal sealed record OnnxDevice(string Id, string Name, OnnxProvider Provider, int Index);
