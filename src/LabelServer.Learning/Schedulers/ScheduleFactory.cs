using LabelServer.Bundles.Config;
using LabelServer.Learning.Configuration;

namespace LabelServer.Learning.Schedulers;

/// <summary>Makes the learning rate schedule that a bundle's config describes, with the argument names and defaults of PyTorch, MONAI and the model zoo's scripts.</summary>
/// <remarks>Sources: torch.optim.lr_scheduler; MONAI@d388d1c6 monai/optimizers/lr_scheduler.py; model zoo scripts of that name. Golden: ScheduleGoldenTests.</remarks>
public static class ScheduleFactory
{
    private static readonly Dictionary<string, Func<ComponentArguments, double, ILearningRateSchedule>> Makers = new(StringComparer.Ordinal)
    {
        ["ConstantLR"] = (a, rate) => Constant(rate, a.Number("factor", 1.0 / 3), a.Integer("total_iters", 5)),
        ["StepLR"] = (a, rate) => Step(rate, a.Integer("step_size", 0), a.Number("gamma", 0.1)),
        ["MultiStepLR"] = (a, rate) => MultiStep(rate, a.Numbers("milestones") ?? [], a.Number("gamma", 0.1)),
        ["ExponentialLR"] = (a, rate) => IsRangeTest(a) ? RangeTest(a, rate, geometric: true) : Exponential(rate, a.Number("gamma", 0.1)),
        ["LinearLR"] = (a, rate) => IsRangeTest(a)
            ? RangeTest(a, rate, geometric: false)
            : Linear(rate, a.Number("start_factor", 1.0 / 3), a.Number("end_factor", 1), a.Integer("total_iters", 5)),
        ["PolynomialLR"] = (a, rate) => Polynomial(rate, a.Number("total_iters", 5), a.Number("power", 1)),
        ["CosineAnnealingLR"] = (a, rate) => Cosine(rate, a.Number("T_max", 1), a.Number("eta_min", 0)),
        ["CosineAnnealingWarmRestarts"] = (a, rate) => WarmRestarts(rate, a.Integer("T_0", 1), a.Integer("T_mult", 1), a.Number("eta_min", 0)),
        ["WarmupCosineSchedule"] = WarmupCosine,
        ["LinearWarmupCosineAnnealingLR"] = LinearWarmupCosine,
        ["GradualWarmupScheduler"] = GradualWarmup,
        ["SequentialLR"] = Sequential,
        ["ReduceLROnPlateau"] = Plateau,
    };

    /// <summary>The supported targets, without their modules.</summary>
    public static IReadOnlyCollection<string> Targets => Makers.Keys;

    /// <summary>Makes a schedule.</summary>
    /// <param name="component">The scheduler's description; its <c>optimizer</c> is not looked at.</param>
    /// <param name="initialRate">The optimiser's rate.</param>
    /// <exception cref="ComponentException">The target or an argument is not supported.</exception>
    public static ILearningRateSchedule Create(ConfigValue.Component component, double initialRate)
    {
        var arguments = new ComponentArguments(component);
        if (!Makers.TryGetValue(arguments.TargetName, out var make))
        {
            throw arguments.Unsupported("learning rate schedule", Makers.Keys);
        }

        arguments.Ignore("optimizer", "last_epoch", "verbose");
        var schedule = make(arguments, initialRate);
        arguments.RequireAllRead();
        return schedule;
    }

    /// <summary>The same rate for ever.</summary>
    public static ILearningRateSchedule Fixed(double rate) => new FormulaSchedule(_ => rate);

    private static FormulaSchedule Constant(double rate, double factor, int total) => new(s => s < total ? rate * factor : rate);

    private static FormulaSchedule Step(double rate, int size, double gamma)
    {
        if (size < 1)
        {
            throw new ComponentException($"StepLR needs a step_size of at least 1; it is {size}.");
        }

        return new(s => rate * Math.Pow(gamma, s / size));
    }

    private static FormulaSchedule MultiStep(double rate, IReadOnlyList<double> milestones, double gamma) =>
        new(s => rate * Math.Pow(gamma, milestones.Count(m => m <= s)));

    private static FormulaSchedule Exponential(double rate, double gamma) => new(s => rate * Math.Pow(gamma, s));

    private static FormulaSchedule Linear(double rate, double start, double end, int total) =>
        new(s => rate * (start + ((end - start) * Math.Min(s, total) / total)));

    // PyTorch stops multiplying once the step passes total_iters, so with 37.5 the last factor is that of step 37.
    private static FormulaSchedule Polynomial(double rate, double total, double power) =>
        new(s => rate * Math.Pow(1 - (Math.Min(s, Math.Floor(total)) / total), power));

    private static FormulaSchedule Cosine(double rate, double period, double minimum) =>
        new(s => minimum + ((rate - minimum) * (1 + Math.Cos(Math.PI * s / period)) / 2));

    private static FormulaSchedule WarmRestarts(double rate, int first, int factor, double minimum) => new(step =>
    {
        var (position, length) = (step, first);
        while (position >= length)
        {
            position -= length;
            length *= factor;
        }

        return minimum + ((rate - minimum) * (1 + Math.Cos(Math.PI * position / length)) / 2);
    });

    // MONAI's LinearLR and ExponentialLR run from the rate to end_lr; PyTorch's have the same names and other arguments.
    private static bool IsRangeTest(ComponentArguments a) => a.Get("end_lr") is not null;

    private static FormulaSchedule RangeTest(ComponentArguments a, double rate, bool geometric)
    {
        var (end, count) = (a.Number("end_lr", rate), a.Integer("num_iter", 2));
        return new(s =>
        {
            var part = s / (count - 1.0);
            return geometric ? rate * Math.Pow(end / rate, part) : rate + (part * (end - rate));
        });
    }

    private static FormulaSchedule WarmupCosine(ComponentArguments a, double rate)
    {
        var total = a.Integer("t_total", 1);
        if (total < 1)
        {
            // MONAI runs it, with a rate that jumps between nothing and all from step to step.
            throw a.Wrong("t_total", a.Get("t_total")!, "the number of steps of the run, at least 1");
        }

        var warmup = Math.Min(Math.Max(a.Integer("warmup_steps", 0), 0), total);
        var (end, cycles, start) = (a.Number("end_lr", 0), a.Number("cycles", 0.5), a.Number("warmup_multiplier", 0));
        if (start is not (>= 0 and <= 1))
        {
            throw a.Wrong("warmup_multiplier", a.Get("warmup_multiplier")!, "a number from 0 to 1");
        }

        return new(step =>
        {
            if (step < warmup)
            {
                return rate * (start + ((1 - start) * step / Math.Max(1.0, warmup)));
            }

            var progress = (step - warmup) / (double)Math.Max(1, total - warmup);
            return Math.Max(end, rate * Math.Max(0, (1 + Math.Cos(Math.PI * cycles * 2 * progress)) / 2));
        });
    }

    private static FormulaSchedule LinearWarmupCosine(ComponentArguments a, double rate)
    {
        var (warmup, total) = (a.Integer("warmup_epochs", 0), a.Integer("max_epochs", 1));
        var (start, minimum) = (a.Number("warmup_start_lr", 0), a.Number("eta_min", 0));
        return new(step => step < warmup
            ? start + (step * (rate - start) / Math.Max(1, warmup - 1))
            : minimum + ((rate - minimum) * (1 + Math.Cos(Math.PI * (step - warmup) / Math.Max(1, total - warmup))) / 2));
    }

    private static FormulaSchedule GradualWarmup(ComponentArguments a, double rate)
    {
        var (multiplier, total) = (a.Number("multiplier", 1), a.Integer("total_epoch", 1));
        var after = a.Inner("after_scheduler") is { } inner ? Create(inner, rate * multiplier) : null;

        // The script's first step() is made when it is constructed, so that step 0 already has the rate of epoch 1; the schedule that follows takes over one step late and starts at its own 0.
        return new(step =>
        {
            var epoch = step + 1;
            if (epoch > total)
            {
                return after?.RateAt(step - total) ?? rate * multiplier;
            }

            return multiplier == 1 ? rate * epoch / total : rate * (((multiplier - 1) * epoch / total) + 1);
        });
    }

    private static FormulaSchedule Sequential(ComponentArguments a, double rate)
    {
        if (a.Get("schedulers") is not ConfigValue.List list || a.Numbers("milestones") is not { } milestones || milestones.Count != list.Items.Count - 1)
        {
            throw new ComponentException($"{a.Component.Id}: SequentialLR needs schedulers and one milestone less than there are schedulers.");
        }

        ILearningRateSchedule[] parts =
            [.. list.Items.Select(i => Create(i as ConfigValue.Component ?? throw a.Wrong("schedulers", i, "components with _target_"), rate))];
        return new(step =>
        {
            var part = milestones.Count(m => m <= step);
            return parts[part].RateAt(part == 0 ? step : step - (int)milestones[part - 1]);
        });
    }

    private static ReduceOnPlateau Plateau(ComponentArguments a, double rate) => new(new PlateauOptions
    {
        InitialRate = rate,
        LargerIsBetter = a.Word("mode", false, ("min", false), ("max", true)),
        Factor = a.Number("factor", 0.1),
        Patience = a.Integer("patience", 10),
        Threshold = a.Number("threshold", 1e-4),
        AbsoluteThreshold = a.Word("threshold_mode", false, ("rel", false), ("abs", true)),
        Cooldown = a.Integer("cooldown", 0),
        MinimumRate = a.Number("min_lr", 0),
        SmallestChange = a.Number("eps", 1e-8),
    });
}
