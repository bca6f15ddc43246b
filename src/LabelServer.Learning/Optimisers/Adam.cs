using static TorchSharp.torch;

namespace LabelServer.Learning.Optimisers;

/// <summary>Adam and, with decoupled weight decay, AdamW.</summary>
/// <remarks>Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101. The order of operations is that of PyTorch's <c>_single_tensor_adam</c>. Golden: training/adamw_*.</remarks>
public sealed class Adam : Optimiser
{
    private readonly AdamOptions _options;

    /// <summary>Creates the optimiser.</summary>
    /// <exception cref="OptimiserException">An option is out of range.</exception>
    public Adam(IReadOnlyList<TrainedParameter> parameters, AdamOptions options)
        : base(parameters, (options ?? throw new ArgumentNullException(nameof(options))).LearningRate)
    {
        if (options is not { Beta1: >= 0 and < 1, Beta2: >= 0 and < 1, Epsilon: >= 0, WeightDecay: >= 0 })
        {
            throw new OptimiserException(FormattableString.Invariant(
                $"Adam needs betas from 0 to below 1 and eps and weight_decay not negative; they are {options.Beta1}, {options.Beta2}, {options.Epsilon}, {options.WeightDecay}."));
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
            if (_options.Decoupled)
            {
                weight.mul_(1 - (LearningRate * _options.WeightDecay));
            }
            else
            {
                gradient = gradient.add(weight, alpha: _options.WeightDecay);
            }
        }

        // Each parameter counts its own steps, as in PyTorch: one that was without gradient at first is corrected from its own first step on.
        var steps = Slot("step", parameter);
        steps.add_(1);
        var step = steps.item<float>();
        var mean = Slot("exp_avg", parameter);
        var square = Slot("exp_avg_sq", parameter);
        mean.lerp_(gradient, tensor((float)(1 - _options.Beta1)));
        square.mul_(_options.Beta2).addcmul_(gradient, gradient, 1 - _options.Beta2);

        var used = square;
        if (_options.AmsGrad)
        {
            used = Slot("max_exp_avg_sq", parameter);
            used.copy_(maximum(used, square));
        }

        var correction1 = 1 - Math.Pow(_options.Beta1, step);
        var correction2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, step));
        var denominator = used.sqrt().div_(correction2).add_(_options.Epsilon);
        weight.addcdiv_(mean, denominator, -LearningRate / correction1);
    }

    /// <inheritdoc/>
    protected override long[] SlotShape(string slot, TrainedParameter parameter) => slot == "step" ? [1] : base.SlotShape(slot, parameter);
}
