using LabelServer.Worker.Contract;

namespace LabelServer.BundleRuns;

/// <summary>Says in lines what an evaluation does.</summary>
internal sealed class EvaluationReport(RunConsole console)
{
    private int _images;

    /// <summary>Tells an event.</summary>
    public void Tell(EvaluateEvent message)
    {
        switch (message.EventCase)
        {
            case EvaluateEvent.EventOneofCase.Started:
                _images = message.Started.Images;
                console.Info($"{_images} image(s), network on {message.Started.Device} in {message.Started.Precision}");
                break;
            case EvaluateEvent.EventOneofCase.Windows:
                console.Debug($"Image {message.Windows.Image}/{_images}: window {message.Windows.Done}/{message.Windows.Total}");
                break;
            case EvaluateEvent.EventOneofCase.Image:
                Tell(message.Image);
                break;
            case EvaluateEvent.EventOneofCase.Saved:
                console.Info($"Written: {message.Saved}");
                break;
            case EvaluateEvent.EventOneofCase.Notice:
                console.Write(LogLevel.Warning, message.Notice);
                break;
            case EvaluateEvent.EventOneofCase.Ended:
                foreach (var metric in message.Ended.Metrics)
                {
                    console.Info($"{metric.Name}: {metric.Value:0.0000}");
                }

                break;
        }
    }

    private void Tell(EvaluateImage image)
    {
        console.Info($"Image {image.Image}/{_images}, {image.File}: {image.Seconds:0.0} s");
        foreach (var scores in image.Scores)
        {
            double[] present = [.. scores.Classes.Where(c => !double.IsNaN(c))];
            console.Info($"  {scores.Name} {(present.Length == 0 ? double.NaN : present.Average()):0.0000} over {present.Length} of {scores.Classes.Count} classes");
            console.Debug($"  {scores.Name} by class: {string.Join(", ", scores.Classes.Select(c => c.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)))}");
        }
    }
}
