using System.Threading.Channels;
using Grpc.Core;
using LabelServer.Inference.Pipelines;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Calls;

/// <summary>Sends progress to the caller without ever holding the inference up: when the caller is slow, only the newest state is kept.</summary>
internal sealed class ProgressSender : IProgress<InferenceProgress>
{
    private readonly Channel<InferenceProgress> _newest = Channel.CreateBounded<InferenceProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <inheritdoc/>
    public void Report(InferenceProgress value) => _newest.Writer.TryWrite(value);

    /// <summary>Sends until <see cref="Complete"/>; nothing else may write to <paramref name="messages"/> meanwhile.</summary>
    public async Task SendAsync(IServerStreamWriter<InferDownload> messages, CancellationToken cancellationToken)
    {
        await foreach (var progress in _newest.Reader.ReadAllAsync(cancellationToken))
        {
            await messages.WriteAsync(
                new InferDownload
                {
                    Progress = new Progress { Phase = PhaseOf(progress.Stage), Done = progress.Done, Total = progress.Total, Fraction = progress.Fraction },
                },
                cancellationToken);
        }
    }

    /// <summary>No further progress comes.</summary>
    public void Complete() => _newest.Writer.TryComplete();

    private static Phase PhaseOf(InferenceStage stage) => stage switch
    {
        InferenceStage.Loading => Phase.Loading,
        InferenceStage.Preprocessing => Phase.Preprocessing,
        InferenceStage.Network => Phase.Network,
        _ => Phase.Postprocessing,
    };
}
