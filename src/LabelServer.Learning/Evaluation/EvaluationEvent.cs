namespace LabelServer.Learning.Evaluation;

/// <summary>Something that happened in an evaluation.</summary>
public abstract record EvaluationEvent
{
    /// <summary>The images are known and the network is loaded.</summary>
    /// <param name="Images">How many there are.</param>
    /// <param name="Device">Where the network runs.</param>
    /// <param name="Precision">What it computes in.</param>
    public sealed record Started(int Images, string Device, string Precision) : EvaluationEvent;

    /// <summary>Some windows of an image are done.</summary>
    /// <param name="Image">The image, from 1.</param>
    /// <param name="Done">Windows done.</param>
    /// <param name="Total">Windows of this image.</param>
    public sealed record Windows(int Image, int Done, int Total) : EvaluationEvent;

    /// <summary>An image is done.</summary>
    /// <param name="Image">The image, from 1.</param>
    /// <param name="File">Its file, as the config names it.</param>
    /// <param name="Scores">The scores of each metric that has some for each class; NaN where the class is absent.</param>
    /// <param name="Elapsed">Its whole time.</param>
    public sealed record ImageDone(int Image, string File, IReadOnlyList<KeyValuePair<string, IReadOnlyList<double>>> Scores, TimeSpan Elapsed) : EvaluationEvent;

    /// <summary>A file was written.</summary>
    /// <param name="File">Its full path.</param>
    public sealed record Saved(string File) : EvaluationEvent;

    /// <summary>Something that the user should know.</summary>
    /// <param name="Text">The message.</param>
    public sealed record Notice(string Text) : EvaluationEvent;
}
