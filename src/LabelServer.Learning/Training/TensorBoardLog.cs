using System.Globalization;
using TorchSharp;

namespace LabelServer.Learning.Training;

/// <summary>Writes a run's curves as TensorBoard event files, under the names that MONAI's handlers use, and passes every event on.</summary>
/// <remarks>
/// Tags: <c>train_loss</c> and <c>learning_rate</c> for each step (counted over all epochs), <c>train_loss_epoch</c>, <c>val_mean_dice</c> and <c>val_NAME_dice</c> for each epoch. A run that goes on adds a file to the same
/// folder, which TensorBoard shows as one curve. A disk that cannot be written ends the curves, not the run.
/// </remarks>
internal sealed class TensorBoardLog : IProgress<TrainingEvent>, IDisposable
{
    private readonly IProgress<TrainingEvent>? _next;
    private readonly IReadOnlyDictionary<int, string> _names;
    private TorchSharp.Modules.SummaryWriter? _writer;
    private int _batches;

    /// <summary>Opens the files.</summary>
    /// <param name="folder">Their folder; created.</param>
    /// <param name="names">The classes, channel → name.</param>
    /// <param name="next">Told every event too; may be null.</param>
    public TensorBoardLog(string folder, IReadOnlyDictionary<int, string> names, IProgress<TrainingEvent>? next)
    {
        _names = names;
        _next = next;
        Try(() =>
        {
            Directory.CreateDirectory(folder);
            _writer = torch.utils.tensorboard.SummaryWriter(folder);
        });
    }

    /// <inheritdoc/>
    public void Report(TrainingEvent value)
    {
        Try(() => Write(value));
        _next?.Report(value);
    }

    /// <inheritdoc/>
    public void Dispose() => (_writer as IDisposable)?.Dispose();

    private void Write(TrainingEvent value)
    {
        switch (value)
        {
            case TrainingEvent.Started started:
                _batches = started.BatchesPerEpoch;
                break;
            case TrainingEvent.BatchDone batch:
                var step = ((batch.Epoch - 1) * _batches) + batch.Batch;
                Add("train_loss", batch.Loss, step);
                Add("learning_rate", batch.LearningRate, step);
                break;
            case TrainingEvent.EpochDone epoch:
                Add("train_loss_epoch", epoch.Loss, epoch.Epoch);
                break;
            case TrainingEvent.Validated validated:
                Add("val_mean_dice", validated.Result.MeanDice, validated.Epoch);
                for (var index = 0; index < validated.Result.DicePerClass.Count; index++)
                {
                    Add($"val_{_names.GetValueOrDefault(index + 1) ?? (index + 1).ToString(CultureInfo.InvariantCulture)}_dice", validated.Result.DicePerClass[index], validated.Epoch);
                }

                break;
        }
    }

    private void Add(string tag, double value, int step)
    {
        if (double.IsFinite(value))
        {
            _writer?.add_scalar(tag, (float)value, step);
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _writer = null;
            _next?.Report(new TrainingEvent.Notice($"The TensorBoard event files cannot be written any more: {error.Message}"));
        }
    }
}
