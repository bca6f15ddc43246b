using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Evaluates <c>$</c> expressions of bundle configs: the part of Python that has no effects and needs no library. Nothing else is ever executed.</summary>
/// <remarks>
/// <para>Plain values are computed. What stands for an object that would have to be built (a component, a call of a library function, anything taken from one) is passed on as a
/// <see cref="ConfigValue.Symbol"/> that describes it. What Python itself would refuse, what is outside the subset and what exceeds a bound is an <see cref="ExpressionException"/>.</para>
/// <para>Differs from Python on purpose: only the branch of <c>if</c>, <c>and</c>, <c>or</c> that counts is looked at, also for its references; generators, ranges and sets are lists.</para>
/// <para>Not thread safe; made for one expression.</para>
/// </remarks>
public sealed partial class ExpressionEvaluator
{
    private readonly IExpressionScope _scope;
    private readonly ExpressionOptions _options;
    private readonly ExpressionBudget _budget;
    private readonly PythonArithmetic _arithmetic;
    private readonly Dictionary<string, ConfigValue> _locals = [];
    private readonly ConfigValueSizes _sizes = new();

    private ExpressionEvaluator(IExpressionScope scope, ExpressionOptions options)
    {
        _scope = scope;
        _options = options;
        _budget = new ExpressionBudget(options.Limits);
        _arithmetic = new PythonArithmetic(_budget);
    }

    /// <summary>Evaluates an expression.</summary>
    /// <param name="text">The text without the leading <c>$</c>.</param>
    /// <param name="scope">References and imports.</param>
    /// <param name="options">What it may learn about the world, and bounds.</param>
    /// <returns>A plain value, a component that a reference leads to, or a symbol for what is not evaluated.</returns>
    /// <exception cref="ExpressionException">It is refused or cannot be evaluated.</exception>
    /// <exception cref="ConfigException">A reference cannot be resolved.</exception>
    public static ConfigValue Evaluate(string text, IExpressionScope scope, ExpressionOptions? options = null)
    {
        var evaluator = new ExpressionEvaluator(scope, options ?? ExpressionOptions.Default);
        var node = ExpressionParser.Parse(text.Trim(), evaluator._options.Limits, evaluator._budget);
        return PythonSets.ToList(evaluator.Evaluate(node));
    }

    private ConfigValue Evaluate(ExpressionNode node)
    {
        _budget.Enter();
        var value = node switch
        {
            ExpressionNode.Literal literal => literal.Value,
            ExpressionNode.Name name => EvaluateName(name.Text),
            ExpressionNode.Reference reference => _scope.Reference(reference.Id),
            ExpressionNode.FormattedText text => EvaluateFormatted(text),
            ExpressionNode.ListDisplay list => EvaluateItems(list.Items) is { } items ? new ConfigValue.List(items) : Described(node),
            ExpressionNode.TupleDisplay tuple => EvaluateItems(tuple.Items) is { } items ? new ConfigValue.List(items, true) : Described(node),
            ExpressionNode.SetDisplay set => EvaluateItems(set.Items) is { } items ? PythonSets.Make(items) : Described(node),
            ExpressionNode.DictDisplay dict => EvaluateDict(dict),
            ExpressionNode.Comprehension comprehension => EvaluateComprehension(comprehension),
            ExpressionNode.Unary unary => EvaluateUnary(unary),
            ExpressionNode.Binary binary => EvaluateBinary(binary),
            ExpressionNode.Logical logical => EvaluateLogical(logical),
            ExpressionNode.Comparison comparison => EvaluateComparison(comparison),
            ExpressionNode.Conditional conditional => EvaluateConditional(conditional),
            ExpressionNode.Attribute attribute => EvaluateAttribute(attribute),
            ExpressionNode.Subscript subscript => EvaluateSubscript(subscript),
            ExpressionNode.Call call => EvaluateCall(call),
            ExpressionNode.Lambda => new ConfigValue.Symbol(SymbolKinds.Lambda, node.Text),
            _ => throw new ExpressionException($"'{node.Text}' is not supported here"),
        };
        _budget.Leave();
        return value;
    }

    private static bool IsDescribed(ConfigValue value) => value is ConfigValue.Symbol or ConfigValue.Component;

    private static ConfigValue.Symbol Described(ExpressionNode node) => new(SymbolKinds.Expression, node.Text);

    // Null when it is something that only Python could tell.
    private static bool? Truth(ConfigValue value) => value switch
    {
        ConfigValue.Null => false,
        ConfigValue.Text text => text.Value.Length > 0,
        ConfigValue.List list => list.Items.Count > 0,
        ConfigValue.Map map => map.Items.Count > 0,
        PythonSet set => set.Items.Count > 0,
        _ when PythonNumber.TryOf(value, out var number) => number.ToReal() != 0,
        _ => null,
    };

    private ConfigValue EvaluateBinary(ExpressionNode.Binary node)
    {
        var left = Evaluate(node.Left);
        var right = Evaluate(node.Right);
        if (IsDescribed(left) || IsDescribed(right))
        {
            return Described(node);
        }

        return left is PythonSet a && right is PythonSet b ? PythonSets.Apply(node.Operator, a, b) : _arithmetic.Apply(node.Operator, left, right);
    }

    private ConfigValue EvaluateLogical(ExpressionNode.Logical node)
    {
        var left = Evaluate(node.Left);
        return Truth(left) is not { } truth ? Described(node) : truth == node.IsAnd ? Evaluate(node.Right) : left;
    }

    private ConfigValue EvaluateConditional(ExpressionNode.Conditional node) =>
        Truth(Evaluate(node.Test)) is { } truth ? Evaluate(truth ? node.Then : node.Else) : Described(node);

    private ConfigValue EvaluateComparison(ExpressionNode.Comparison node)
    {
        var left = Evaluate(node.First);
        foreach (var (op, operand) in node.Rest)
        {
            var right = Evaluate(operand);
            ChargeSearch(left);
            ChargeSearch(right);
            if (PythonComparison.Apply(op, left, right) is not { } holds)
            {
                return Described(node);
            }

            if (!holds)
            {
                return new ConfigValue.Boolean(false);
            }

            left = right;
        }

        return new ConfigValue.Boolean(true);
    }

    // A value put into another one counts with all that is in it, so that doublings inside doublings are noticed.
    private ConfigValue Charged(ConfigValue value)
    {
        _budget.Produce(_sizes.Of(value));
        return value;
    }

    // Looking through a value takes time in proportion to it; small ones are free.
    private void ChargeSearch(ConfigValue value) => _budget.Step(_sizes.Of(value) / 64);

    private IReadOnlyList<ConfigValue> Iterate(ConfigValue value)
    {
        var items = PythonCollections.Iterate(value);
        _budget.Step(items.Count);
        return items;
    }
}
