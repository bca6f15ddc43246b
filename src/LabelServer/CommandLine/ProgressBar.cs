using System.Globalization;
using LabelServer.Inference;

namespace LabelServer.CommandLine;

/// <summary>A line on a terminal that shows how far an inference is; without a terminal, a line for each new phase. Safe for concurrent use.</summary>
internal sealed class ProgressBar(TextWriter output, bool isTerminal) : IProgress<InferenceProgressReport>, IDisposable
{
    private const int Width = 30;
    private readonly Lock _gate = new();
    private InferencePhase? _phase;
    private int _length;
    private bool _ended;

    /// <inheritdoc/>
    public void Report(InferenceProgressReport value)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            if (!isTerminal)
            {
                if (_phase != value.Phase)
                    output.WriteLine(NameOf(value.Phase));
                _phase = value.Phase;
                return;
            }

            var done = (int)(Math.Clamp(value.Fraction, 0, 1) * Width);
            var line = string.Create(CultureInfo.InvariantCulture, $"[{new string('#', done)}{new string('.', Width - done)}] {value.Fraction * 100,3:0} % {NameOf(value.Phase)} {value.Detail}");
            output.Write("\r" + line.PadRight(_length));
            _length = line.Length;
        }
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_ended && _length > 0)
                output.WriteLine();
            _ended = true;
        }
    }

    private static string NameOf(InferencePhase phase) => phase switch
    {
        InferencePhase.Queued => "waiting",
        InferencePhase.Starting => "loading",
        InferencePhase.Preprocessing => "preprocessing",
        InferencePhase.Inferring => "network",
        InferencePhase.Postprocessing => "postprocessing",
        _ => "writing",
    };
}
