using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Workflows;

/// <summary>Reads out of a config what <c>monai.bundle run</c> would do: the expressions of <c>initialize</c>, of the id that is run, and of <c>finalize</c>.</summary>
/// <remarks>
/// <para>Nothing is executed: an expression such as <c>$@train#trainer.run()</c> is recognised for what it would do, and every one that is not recognised is reported.</para>
/// <para>Source of the order and of the defaults: MONAI@d388d1c6 monai/bundle/workflows.py (ConfigWorkflow.initialize, run, finalize).</para>
/// </remarks>
/// <param name="bundle">The bundle's name, for messages.</param>
/// <param name="config">The config with its overrides.</param>
public sealed class WorkflowReader(string bundle, ConfigResolver config)
{
    private static readonly string[] TrainingIds = ["training", "train"];
    private static readonly string[] EvaluationIds = ["evaluating", "evaluation", "evaluate", "inference", "infer", "testing"];
    private readonly List<WorkflowStep> _steps = [];
    private readonly List<ConfigValue.Component> _loaders = [];
    private readonly List<string> _problems = [];
    private long? _seed;

    /// <summary>Reads the workflow.</summary>
    /// <exception cref="WorkflowException">The id is missing or runs nothing, or an expression is not supported; all problems are listed.</exception>
    /// <exception cref="ConfigException">A reference leads nowhere.</exception>
    public Workflow Read(WorkflowIds ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var run = FindRun(ids.Run);
        Look(ids.Initialize);
        Look(run);
        Look(ids.Finalize);
        if (_problems.Count > 0)
        {
            throw new WorkflowException($"The bundle '{bundle}' cannot be run as asked:{string.Concat(_problems.Select(p => Environment.NewLine + "  " + p))}");
        }

        if (_steps.Count == 0)
        {
            throw new WorkflowException($"The bundle '{bundle}' has nothing under '{run}' that runs a trainer or an evaluator, such as \"$@evaluator.run()\".");
        }

        return new Workflow { Steps = _steps, Loaders = _loaders, Seed = _seed };
    }

    // Older bundles name what they run 'training' and 'evaluating', newer ones 'run'; commands of both kinds are in use for either.
    private string FindRun(string asked)
    {
        if (config.Contains(asked))
        {
            return asked;
        }

        string[] others = asked == "run" ? [.. TrainingIds, .. EvaluationIds] : TrainingIds.Contains(asked) || EvaluationIds.Contains(asked) ? ["run"] : [];
        WorkflowKind? kind = asked == "run" ? null : TrainingIds.Contains(asked) ? WorkflowKind.Training : WorkflowKind.Evaluation;
        var fitting = others.Where(IsRunnable).Where(id => Runs(id, kind)).ToList();
        return fitting is [var only] ? only : throw new WorkflowException(
            $"The bundle '{bundle}' has no '{asked}' in {string.Join(" + ", config.Document.Sources.Select(s => Path.GetFileName(s)))}{Offer()}");
    }

    private bool Runs(string id, WorkflowKind? kind)
    {
        var other = new WorkflowReader(bundle, config);
        other.Look(id);
        return other._steps.Exists(s => kind is null || s.Kind == kind);
    }

    private string Offer()
    {
        string[] ids = [.. config.Document.Root.Items.Select(i => i.Key).OfType<ConfigValue.Text>().Select(k => k.Value).Where(IsRunnable)];
        return ids.Length == 0 ? "." : $". It can run: {string.Join(", ", ids)}.";
    }

    private bool IsRunnable(string id) => config.Document.Find(id) switch
    {
        ConfigValue.Text { Value: ['$', .. var text] } => text.Contains(".run(", StringComparison.Ordinal),
        ConfigValue.List list => list.Items.Any(i => i is ConfigValue.Text { Value: ['$', .. var text] } && text.Contains(".run(", StringComparison.Ordinal)),
        _ => false,
    };

    private void Look(string id)
    {
        if (config.TryResolve(id) is not { } value)
        {
            return;
        }

        if (value is ConfigValue.List list)
        {
            // Disabled entries are left out of the list, so a position may differ from the written one; the expression is named as well.
            for (var i = 0; i < list.Items.Count; i++)
            {
                Recognise(list.Items[i], $"{id}#{i}");
            }
        }
        else
        {
            Recognise(value, id);
        }
    }

    private void Recognise(ConfigValue value, string key)
    {
        switch (value)
        {
            case ConfigValue.Symbol { Kind: SymbolKinds.Call, Receiver: ConfigValue.Component engine } run when run.Name.EndsWith(".run", StringComparison.Ordinal):
                Add(engine, key);
                break;
            case ConfigValue.Symbol { Kind: SymbolKinds.Call, Receiver: ConfigValue.Component loader } when TargetOf(loader) == "CheckpointLoader":
                _loaders.Add(loader);
                break;
            case ConfigValue.Symbol { Kind: SymbolKinds.Call } call when call.Name.EndsWith("set_determinism", StringComparison.Ordinal):
                _seed = (call.Keywords.Where(k => k.Key == "seed").Select(k => k.Value).Concat(call.Arguments).FirstOrDefault() as ConfigValue.Integer)?.Value;
                break;
            case ConfigValue.Symbol { Kind: SymbolKinds.Unsupported } refused:
                var reason = config.Unsupported.FirstOrDefault(u => u.Expression == refused.Name);
                _problems.Add(reason?.ToString() ?? Problem(key, refused.Name, "it is not evaluated"));
                break;
            case ConfigValue.Symbol symbol when !IsWithoutEffect(symbol):
                _problems.Add(Problem(key, Written(key) ?? symbol.Name, "only trainers and evaluators are run, checkpoints loaded and the seed set"));
                break;
            case ConfigValue.Component component:
                _problems.Add(Problem(key, component.Target, "a component that is only built has no effect here"));
                break;
        }
    }

    private void Add(ConfigValue.Component engine, string key)
    {
        switch (TargetOf(engine))
        {
            case "SupervisedTrainer":
                _steps.Add(new WorkflowStep(WorkflowKind.Training, engine));
                break;
            case "SupervisedEvaluator":
                _steps.Add(new WorkflowStep(WorkflowKind.Evaluation, engine));
                break;
            default:
                _problems.Add(Problem(key, $"@{engine.Id}.run()", $"the engine {engine.Target} is not supported. Supported are SupervisedTrainer, SupervisedEvaluator"));
                break;
        }
    }

    // Imports, the choice of cuDNN's algorithms, and how much an engine writes to its log change no result.
    private static bool IsWithoutEffect(ConfigValue.Symbol symbol) => symbol.Kind == SymbolKinds.Import
        || (symbol is { Kind: SymbolKinds.Call, Name: "setattr", Arguments: [ConfigValue.Symbol { Name: var target }, ..] } && target.StartsWith("torch.backends.", StringComparison.Ordinal))
        || (symbol.Kind == SymbolKinds.Call && symbol.Name.EndsWith(".logger.setLevel", StringComparison.Ordinal));

    private string? Written(string key) => config.Document.Find(key) is ConfigValue.Text { Value: ['$', ..] } text ? text.Value : null;

    private string Problem(string key, string expression, string reason) => $"bundle '{bundle}', key '{key}': '{expression}' is not done: {reason}.";

    private static string TargetOf(ConfigValue.Component component) => component.Target[(component.Target.LastIndexOf('.') + 1)..];
}
