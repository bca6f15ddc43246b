using System.Threading.Channels;
using Grpc.Core;

namespace LabelServer.Worker.Calls;

/// <summary>Sends what happens during a call as messages, each of them and in their order; whoever reports it never waits for the caller.</summary>
/// <typeparam name="TEvent">What is reported.</typeparam>
/// <typeparam name="TMessage">What is sent.</typeparam>
/// <param name="toMessage">Translates one into the other.</param>
internal sealed class EventSender<TEvent, TMessage>(Func<TEvent, TMessage> toMessage) : IProgress<TEvent>
{
    private readonly Channel<TMessage> _messages = Channel.CreateUnbounded<TMessage>(new UnboundedChannelOptions { SingleReader = true });

    /// <inheritdoc/>
    public void Report(TEvent value) => Report(toMessage(value));

    /// <summary>Reports what is a message already.</summary>
    public void Report(TMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Sends until <see cref="Complete"/>; nothing else may write to <paramref name="down"/> meanwhile.</summary>
    public async Task SendAsync(IServerStreamWriter<TMessage> down, CancellationToken cancellationToken)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync(cancellationToken))
            await down.WriteAsync(message, cancellationToken);
    }

    /// <summary>Nothing further happens.</summary>
    public void Complete() => _messages.Writer.TryComplete();
}
