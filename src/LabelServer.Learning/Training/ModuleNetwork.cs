using System.Runtime.InteropServices;
using LabelServer.Imaging.Geometry;
using LabelServer.Inference.Networks;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>The network in training, seen by the sliding window for validation. Does not own the module.</summary>
internal sealed class ModuleNetwork(nn.Module<Tensor, Tensor> module, ScalarType type) : INetwork
{
    /// <inheritdoc/>
    public int? InputChannels => null;

    /// <inheritdoc/>
    public int? OutputChannels => null;

    /// <inheritdoc/>
    public NetworkPrecision Precision => type == ScalarType.BFloat16 ? NetworkPrecision.BFloat16 : NetworkPrecision.Float32;

    /// <inheritdoc/>
    public string Device => "cpu";

    /// <inheritdoc/>
    public LinearHead? Head => null;

    /// <inheritdoc/>
    public NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var input = empty([shape.Count, shape.Channels, shape.Size.I, shape.Size.J, shape.Size.K]);
        windows.CopyTo(MemoryMarshal.Cast<byte, float>(input.bytes));
        var flat = shape.SpatialDims == 2 ? input.squeeze(-1) : input;
        var scores = module.call(flat.to(type));
        if (shape.SpatialDims == 2)
        {
            scores = scores.unsqueeze(-1);
        }

        var last = scores.permute(0, 2, 3, 4, 1).to(ScalarType.Float32).contiguous();
        return new Output(last.MoveToOuterDisposeScope().DetachFromDisposeScope(), shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Output(Tensor values, WindowBatchShape shape)
        : NetworkOutput(shape.Count, (int)values.shape[4], new GridSize((int)values.shape[1], (int)values.shape[2], (int)values.shape[3]), NetworkPrecision.Float32)
    {
        public override unsafe nint Window(int index)
        {
            var samples = Channels * Size.VoxelCount;
            ref var first = ref MemoryMarshal.GetReference(values.bytes);
            return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref first) + (nint)(index * samples * sizeof(float));
        }

        protected override void Dispose(bool disposing) => values.Dispose();
    }
}
