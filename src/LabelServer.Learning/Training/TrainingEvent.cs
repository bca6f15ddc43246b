namespace LabelServer.Learning.Training;

/// <summary>Something that happened in a training run, for logs, progress bars and live pages.</summary>
public abstract record TrainingEvent
{
    /// <summary>The run begins or goes on.</summary>
    /// <param name="TrainingImages">Images that are trained on.</param>
    /// <param name="ValidationImages">Images that are validated on.</param>
    /// <param name="FirstEpoch">The first epoch, counted from 1; more than 1 when a run goes on.</param>
    /// <param name="Epochs">The last epoch.</param>
    /// <param name="BatchesPerEpoch">Batches in an epoch.</param>
    public sealed record Started(int TrainingImages, int ValidationImages, int FirstEpoch, int Epochs, int BatchesPerEpoch) : TrainingEvent;

    /// <summary>A batch is done.</summary>
    /// <param name="Epoch">The epoch, from 1.</param>
    /// <param name="Batch">The batch in the epoch, from 1.</param>
    /// <param name="Loss">Its loss.</param>
    /// <param name="LearningRate">The rate that its step used.</param>
    /// <param name="Step">Its whole time.</param>
    /// <param name="Waiting">The part of it that the network waited for data.</param>
    public sealed record BatchDone(int Epoch, int Batch, double Loss, double LearningRate, TimeSpan Step, TimeSpan Waiting) : TrainingEvent;

    /// <summary>An epoch is done.</summary>
    /// <param name="Epoch">The epoch, from 1.</param>
    /// <param name="Loss">The mean loss of its batches.</param>
    /// <param name="Elapsed">The time since the run began, without what went before a restart.</param>
    public sealed record EpochDone(int Epoch, double Loss, TimeSpan Elapsed) : TrainingEvent;

    /// <summary>A validation is done.</summary>
    /// <param name="Epoch">The epoch, from 1; 0 for the weights that the run started from.</param>
    /// <param name="Result">The scores.</param>
    /// <param name="IsBest">Whether no validation of this run was better.</param>
    /// <param name="Elapsed">The time since the run began.</param>
    public sealed record Validated(int Epoch, ValidationResult Result, bool IsBest, TimeSpan Elapsed) : TrainingEvent;

    /// <summary>New weights are served from now on.</summary>
    /// <param name="Epoch">The epoch that made them.</param>
    /// <param name="File">The file.</param>
    /// <param name="MeanDice">Their validation score, or null when they were not validated.</param>
    public sealed record Published(int Epoch, string File, double? MeanDice) : TrainingEvent;

    /// <summary>Something that the user should know, such as an image that is left out.</summary>
    /// <param name="Text">The message.</param>
    public sealed record Notice(string Text) : TrainingEvent;
}
