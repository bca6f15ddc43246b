using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <content>Lists, dictionaries, f-strings and comprehensions.</content>
public sealed partial class ExpressionEvaluator
{
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
}
