using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Optimisers;

/// <summary>Makes the optimiser that a bundle's config describes, with PyTorch's and MONAI's argument names and defaults.</summary>
public static class OptimiserFactory
{
    private static readonly Dictionary<string, Func<ComponentArguments, IReadOnlyList<TrainedParameter>, Optimiser>> Makers = new(StringComparer.Ordinal)
    {
        ["Adam"] = (a, p) => MakeAdam(a, p, decoupled: false, weightDecay: 0),
        ["AdamW"] = (a, p) => MakeAdam(a, p, decoupled: true, weightDecay: 0.01),
        ["SGD"] = MakeSgd,
        ["Novograd"] = MakeNovograd,
    };

    /// <summary>The supported targets, without <c>torch.optim.</c>.</summary>
    public static IReadOnlyCollection<string> Targets => Makers.Keys;

    /// <summary>Makes an optimiser. The argument <c>params</c> is not looked at: which weights are trained is the trainer's decision.</summary>
    /// <exception cref="ComponentException">The target or an argument is not supported.</exception>
    /// <exception cref="OptimiserException">An option is out of range.</exception>
    public static Optimiser Create(ConfigValue.Component component, IReadOnlyList<TrainedParameter> parameters)
    {
        var arguments = new ComponentArguments(component);
        if (!Makers.TryGetValue(arguments.TargetName, out var make))
        {
            throw arguments.Unsupported("optimiser", Makers.Keys);
        }

        // How PyTorch computes a step (one loop, fused, on the device) does not change it.
        arguments.Ignore("params", "foreach", "fused", "capturable", "maximize", "differentiable");
        var optimiser = make(arguments, parameters);
        arguments.RequireAllRead();
        return optimiser;
    }

    private static Adam MakeAdam(ComponentArguments a, IReadOnlyList<TrainedParameter> parameters, bool decoupled, double weightDecay)
    {
        var (beta1, beta2) = Betas(a, 0.9, 0.999);
        return new(parameters, new AdamOptions
        {
            LearningRate = a.Number("lr", 1e-3),
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = a.Number("eps", 1e-8),
            WeightDecay = a.Number("weight_decay", weightDecay),
            AmsGrad = a.Boolean("amsgrad", false),
            Decoupled = decoupled,
        });
    }

    private static Sgd MakeSgd(ComponentArguments a, IReadOnlyList<TrainedParameter> parameters) => new(parameters, new SgdOptions
    {
        LearningRate = a.Number("lr", 1e-3),
        Momentum = a.Number("momentum", 0),
        Dampening = a.Number("dampening", 0),
        WeightDecay = a.Number("weight_decay", 0),
        Nesterov = a.Boolean("nesterov", false),
    });

    private static Novograd MakeNovograd(ComponentArguments a, IReadOnlyList<TrainedParameter> parameters)
    {
        var (beta1, beta2) = Betas(a, 0.9, 0.98);
        return new(parameters, new NovogradOptions
        {
            LearningRate = a.Number("lr", 1e-3),
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = a.Number("eps", 1e-8),
            WeightDecay = a.Number("weight_decay", 0),
            GradientAveraging = a.Boolean("grad_averaging", false),
            AmsGrad = a.Boolean("amsgrad", false),
        });
    }

    private static (double Beta1, double Beta2) Betas(ComponentArguments a, double first, double second) => a.Numbers("betas") switch
    {
        null => (first, second),
        [var one, var two] => (one, two),
        _ => throw a.Wrong("betas", a.Get("betas")!, "two numbers"),
    };
}
