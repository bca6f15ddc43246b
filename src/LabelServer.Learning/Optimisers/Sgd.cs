using static TorchSharp.torch;

namespace LabelServer.Learning.Optimisers;

/// <summary>Options of <see cref="Sgd"/>, with PyTorch's names in brackets.</summary>
public sealed record SgdOptions
{
    /// <summary>Learning rate (lr). Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Momentum (momentum). Default 0.</summary>
    public double Momentum { get; init; }

    /// <summary>How much of a new gradient does not enter the momentum (dampening). Default 0.</summary>
    public double Dampening { get; init; }

    /// <summary>Weight decay through the gradient (weight_decay). Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Nesterov momentum (nesterov). Default false; needs momentum without dampening.</summary>
    public bool Nesterov { get; init; }
}

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>Sutskever et al. 2013. The order of operations is that of PyTorch's <c>_single_tensor_sgd</c>: the first gradient becomes the momentum undamped.</remarks>
public sealed class Sgd : Optimiser
{
    private readonly SgdOptions _options;

    /// <summary>Creates the optimiser.</summary>
    /// <exception cref="OptimiserException">An option is out of range.</exception>
    public Sgd(IReadOnlyList<TrainedParameter> parameters, SgdOptions options)
        : base(parameters, (options ?? throw new ArgumentNullException(nameof(options))).LearningRate)
    {
        if (options is not { Momentum: >= 0, WeightDecay: >= 0 } || (options.Nesterov && (options.Momentum <= 0 || options.Dampening != 0)))
        {
            throw new OptimiserException("SGD needs momentum and weight_decay not negative, and for nesterov a momentum without dampening.");
        }

        _options = options;
    }

    /// <inheritdoc/>
    protected override void Update(TrainedParameter parameter, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(gradient);
        var weight = parameter.Value;
        if (_options.WeightDecay != 0)
        {
            gradient = gradient.add(weight, alpha: _options.WeightDecay);
        }

        if (_options.Momentum != 0)
        {
            var first = !HasSlot("momentum_buffer", parameter);
            var momentum = Slot("momentum_buffer", parameter);
            if (first)
            {
                momentum.copy_(gradient);
            }
            else
            {
                momentum.mul_(_options.Momentum).add_(gradient, alpha: 1 - _options.Dampening);
            }

            gradient = _options.Nesterov ? gradient.add(momentum, alpha: _options.Momentum) : momentum;
        }

        weight.add_(gradient, alpha: -LearningRate);
    }
}
