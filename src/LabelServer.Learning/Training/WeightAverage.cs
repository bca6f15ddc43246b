using LabelServer.Learning.Optimisers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>A running mean of the weights, which generalises better than the last step's.</summary>
/// <remarks>
/// Polyak and Juditsky 1992; exponential as in Tarvainen and Valpola 2017, arXiv:1703.01780. At first the decay is lower, (1 + n) / (10 + n) after n steps, so that the random start
/// is forgotten. Owns its tensors.
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly Dictionary<string, Tensor> _mean = new(StringComparer.Ordinal);

    /// <summary>Starts from the given weights.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="decay">How much of the mean stays at each step, 0 to below 1.</param>
    public WeightAverage(IReadOnlyList<TrainedParameter> parameters, double decay)
    {
        _decay = decay;
        foreach (var parameter in parameters)
        {
            _mean[parameter.Name] = parameter.Value.detach().clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The mean weights by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Mean => _mean;

    /// <summary>Takes the weights after a step.</summary>
    public void Update(IReadOnlyList<TrainedParameter> parameters)
    {
        Steps++;
        var decay = Math.Min(_decay, (1.0 + Steps) / (10.0 + Steps));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var part = tensor((float)(1 - decay));
        foreach (var parameter in parameters)
        {
            _mean[parameter.Name].lerp_(parameter.Value, part);
        }
    }

    /// <summary>Goes on from saved values.</summary>
    public void Import(IReadOnlyDictionary<string, float[]> values, long steps)
    {
        using var noGradients = no_grad();
        foreach (var (name, saved) in values)
        {
            using var restored = tensor(saved, _mean[name].shape);
            _mean[name].copy_(restored);
        }

        Steps = steps;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _mean.Values)
        {
            tensor.Dispose();
        }
    }
}
