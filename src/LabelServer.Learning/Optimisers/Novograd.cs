using static TorchSharp.torch;

namespace LabelServer.Learning.Optimisers;

/// <summary>Options of <see cref="Novograd"/>, with MONAI's names in brackets.</summary>
public sealed record NovogradOptions
{
    /// <summary>Learning rate (lr). Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the momentum (betas[0]). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the squared norm (betas[1]). Default 0.98.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Added to the norm (eps). Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Weight decay, added to the normalised gradient (weight_decay). Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether a gradient enters the momentum with 1 − beta1 (grad_averaging). Default false.</summary>
    public bool GradientAveraging { get; init; }

    /// <summary>Whether the largest squared norm so far is used (amsgrad). Default false.</summary>
    public bool AmsGrad { get; init; }
}

/// <summary>Novograd: the gradient of each layer is divided by a running mean of its norm.</summary>
/// <remarks>Ginsburg et al. 2019, arXiv:1905.11286. Source: MONAI@d388d1c6 monai/optimizers/novograd.py.</remarks>
public sealed class Novograd : Optimiser
{
    private readonly NovogradOptions _options;

    /// <summary>Creates the optimiser.</summary>
    /// <exception cref="OptimiserException">An option is out of range.</exception>
    public Novograd(IReadOnlyList<TrainedParameter> parameters, NovogradOptions options)
        : base(parameters, (options ?? throw new ArgumentNullException(nameof(options))).LearningRate)
    {
        if (options is not { Beta1: >= 0 and < 1, Beta2: >= 0 and < 1, Epsilon: >= 0, WeightDecay: >= 0 })
        {
            throw new OptimiserException("Novograd needs betas from 0 to below 1 and eps and weight_decay not negative.");
        }

        _options = options;
    }

    /// <inheritdoc/>
    protected override void Update(TrainedParameter parameter, Tensor gradient)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(gradient);
        var mean = Slot("exp_avg", parameter);
        var square = Slot("exp_avg_sq", parameter);
        var norm = gradient.square().sum().reshape(1);
        if (square.item<float>() == 0)
        {
            square.copy_(norm);
        }
        else
        {
            square.mul_(_options.Beta2).add_(norm, alpha: 1 - _options.Beta2);
        }

        var used = square;
        if (_options.AmsGrad)
        {
            used = Slot("max_exp_avg_sq", parameter);
            used.copy_(maximum(used, square));
        }

        var scaled = gradient / used.sqrt().add_(_options.Epsilon);
        if (_options.WeightDecay != 0)
        {
            scaled = scaled.add(parameter.Value, alpha: _options.WeightDecay);
        }

        if (_options.GradientAveraging)
        {
            scaled = scaled * (1 - _options.Beta1);
        }

        mean.mul_(_options.Beta1).add_(scaled);
        parameter.Value.add_(mean, alpha: -LearningRate);
    }

    /// <inheritdoc/>
    protected override long[] SlotShape(string slot, TrainedParameter parameter) => slot == "exp_avg" ? base.SlotShape(slot, parameter) : [1];
}
