using LabelServer.CommandLine;
using LabelServer.Inference;

namespace LabelServer.Tests.CommandLine;

public sealed class ProgressBarTests
{
    [Fact]
    public void Report_WithoutTerminal_WritesOneLineForEachPhase()
    {
        using var text = new StringWriter();
        using var bar = new ProgressBar(text, isTerminal: false);

        bar.Report(new(InferencePhase.Inferring, 0.2, "window 1 of 9"));
        bar.Report(new(InferencePhase.Inferring, 0.3, "window 2 of 9"));
        bar.Report(new(InferencePhase.Writing, 1, string.Empty));

        Assert.Equal($"network{Environment.NewLine}writing{Environment.NewLine}", text.ToString());
    }

    [Fact]
    public void Report_OnATerminal_DrawsOverTheSameLine()
    {
        using var text = new StringWriter();
        using (var bar = new ProgressBar(text, isTerminal: true))
            bar.Report(new(InferencePhase.Inferring, 0.5, "window 5 of 10"));

        Assert.Equal($"\r[{new string('#', 15)}{new string('.', 15)}]  50 % network window 5 of 10{Environment.NewLine}", text.ToString());
    }
}
