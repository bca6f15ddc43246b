using System.Text;
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

    private ConfigValue EvaluateFormatted(ExpressionNode.FormattedText node)
    {
        var text = new StringBuilder();
        foreach (var part in node.Parts)
        {
            text.Append(part.Literal);
            if (part.Value is null)
            {
                continue;
            }

            var value = Evaluate(part.Value);
            if (value is ConfigValue.Component or ConfigValue.Symbol { Kind: not SymbolKinds.Device } || (part.Conversion == 'r' && IsDescribed(value)))
            {
                return Described(node);
            }

            var written = part.Conversion == 'r' ? new ConfigValue.Text(PythonText.Repr(PythonSets.ToList(value), _budget) ?? throw new ExpressionException($"'{part.Value.Text}' cannot be written as text")) : value;
            var formatted = PythonText.Format(written, part.Format, _budget);
            _budget.Produce(formatted.Length);
            text.Append(formatted);
        }

        return new ConfigValue.Text(text.ToString());
    }

    // Null when one of them is '*x' of something that is not evaluated.
    private List<ConfigValue>? EvaluateItems(IReadOnlyList<ExpressionNode> nodes)
    {
        var items = new List<ConfigValue>(nodes.Count);
        foreach (var node in nodes)
        {
            if (node is not ExpressionNode.Starred starred)
            {
                items.Add(Charged(Evaluate(node)));
                continue;
            }

            var value = Evaluate(starred.Value);
            if (IsDescribed(value))
            {
                return null;
            }

            var spread = Iterate(value);
            _budget.Produce(spread.Count);
            items.AddRange(spread);
        }

        return items;
    }

    private ConfigValue EvaluateDict(ExpressionNode.DictDisplay node)
    {
        var map = new ConfigMapBuilder();
        foreach (var (keyNode, valueNode) in node.Entries)
        {
            var value = Evaluate(valueNode);
            if (keyNode is not null)
            {
                // Python evaluates the key first; without effects the order cannot be seen.
                var key = Evaluate(keyNode);
                if (key is ConfigValue.Component or ConfigValue.Symbol { Kind: not SymbolKinds.Dtype and not SymbolKinds.Device })
                {
                    return Described(node);
                }

                map.Set(Hashable(key), Charged(value));
            }
            else if (value is ConfigValue.Map spread)
            {
                _budget.Produce(spread.Items.Count);
                map.AddAll(spread);
            }
            else if (IsDescribed(value))
            {
                return Described(node);
            }
            else
            {
                throw new ExpressionException($"'**' needs a dict, not {PythonText.TypeOf(value)}");
            }
        }

        return map.Build();
    }

    private static ConfigValue Hashable(ConfigValue key) => key switch
    {
        ConfigValue.List { IsTuple: true } tuple when tuple.Items.All(i => Hashable(i) is not null) => key,
        ConfigValue.List or ConfigValue.Map or PythonSet => throw new ExpressionException($"a {PythonText.TypeOf(key)} cannot be a key"),
        _ => key,
    };

    private ConfigValue EvaluateUnary(ExpressionNode.Unary node)
    {
        var operand = Evaluate(node.Operand);
        if (node.Operator == "not")
        {
            return Truth(operand) is { } truth ? new ConfigValue.Boolean(!truth) : Described(node);
        }

        return IsDescribed(operand) ? Described(node) : PythonArithmetic.Negate(node.Operator, operand);
    }

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

    private ConfigValue EvaluateComprehension(ExpressionNode.Comprehension node)
    {
        var items = new List<ConfigValue>();
        var map = new ConfigMapBuilder();
        var outer = new Dictionary<string, ConfigValue>(_locals);
        var isKnown = Loop(node, 0, items, map);
        _locals.Clear();
        foreach (var (name, value) in outer)
        {
            _locals[name] = value;
        }

        return !isKnown ? Described(node) : node.Kind switch
        {
            ComprehensionKind.Dict => map.Build(),
            ComprehensionKind.Set => PythonSets.Make(items),
            _ => new ConfigValue.List(items),
        };
    }

    // False when what it runs over, or a condition, is not evaluated.
    private bool Loop(ExpressionNode.Comprehension node, int level, List<ConfigValue> items, ConfigMapBuilder map)
    {
        if (level == node.Clauses.Count)
        {
            var element = Charged(Evaluate(node.Element));
            if (node.Key is null)
            {
                items.Add(element);
            }
            else
            {
                map.Set(Hashable(Evaluate(node.Key)), element);
            }

            return true;
        }

        var clause = node.Clauses[level];
        var source = Evaluate(clause.Source);
        if (IsDescribed(source))
        {
            return false;
        }

        foreach (var item in Iterate(source))
        {
            _budget.Step();
            if (!Bind(clause, item) || MeetsAll(clause.Conditions) is not { } meets || (meets && !Loop(node, level + 1, items, map)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Bind(ComprehensionClause clause, ConfigValue item)
    {
        if (!clause.Unpacks)
        {
            _locals[clause.Targets[0]] = item;
            return true;
        }

        if (IsDescribed(item))
        {
            return false;
        }

        var parts = Iterate(item);
        if (parts.Count != clause.Targets.Count)
        {
            throw new ExpressionException($"{parts.Count} values do not fit the {clause.Targets.Count} names {string.Join(", ", clause.Targets)}");
        }

        for (var i = 0; i < parts.Count; i++)
        {
            _locals[clause.Targets[i]] = parts[i];
        }

        return true;
    }

    private bool? MeetsAll(IReadOnlyList<ExpressionNode> conditions)
    {
        foreach (var condition in conditions)
        {
            var truth = Truth(Evaluate(condition));
            if (truth is not true)
            {
                return truth;
            }
        }

        return true;
    }

    // A value put into another one counts with all that is in it, so that doublings inside doublings are noticed.
    private ConfigValue Charged(ConfigValue value)
    {
        _budget.Produce(_sizes.Of(value));
        return value;
    }

    private IReadOnlyList<ConfigValue> Iterate(ConfigValue value)
    {
        var items = PythonCollections.Iterate(value);
        _budget.Step(items.Count);
        return items;
    }
}
