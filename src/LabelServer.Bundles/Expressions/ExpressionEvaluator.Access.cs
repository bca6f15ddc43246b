using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <content>Names, attributes, subscripts and calls.</content>
public sealed partial class ExpressionEvaluator
{
    private ConfigValue EvaluateName(string name)
    {
        RefusePrivate(name);
        if (_locals.TryGetValue(name, out var local))
        {
            return local;
        }

        if (_scope.Import(name) is { } imported)
        {
            return KnownNames.Resolve(imported);
        }

        if (Builtins.IsRefused(name))
        {
            throw new ExpressionException($"'{name}' is never called");
        }

        return KnownNames.IsModule(name) || Builtins.IsKnown(name)
            ? new ConfigValue.Symbol(SymbolKinds.Name, KnownNames.Canonical(name))
            : throw new ExpressionException($"the name '{name}' is not defined: nothing in the config imports it");
    }

    private static void RefusePrivate(string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            throw new ExpressionException($"'{name}' is private to Python and never looked at");
        }
    }

    private ConfigValue EvaluateAttribute(ExpressionNode.Attribute node)
    {
        RefusePrivate(node.Member);
        var target = Evaluate(node.Target);
        return target switch
        {
            ConfigValue.Symbol { Kind: SymbolKinds.Name } module => KnownNames.Resolve(module.Name + "." + node.Member),
            ConfigValue.Component or ConfigValue.Symbol => new ConfigValue.Symbol(SymbolKinds.Attribute, node.Text) { Receiver = target },
            _ => throw new ExpressionException($"'.{node.Member}' of {PythonText.TypeOf(target)} is not supported"),
        };
    }

    private ConfigValue EvaluateSubscript(ExpressionNode.Subscript node)
    {
        var target = Evaluate(node.Target);
        if (target is ConfigValue.Symbol { Kind: SymbolKinds.Name, Name: "os.environ" })
        {
            throw new ExpressionException("a bundle sees no environment variables");
        }

        if (IsDescribed(target))
        {
            return new ConfigValue.Symbol(SymbolKinds.Item, node.Text) { Receiver = target };
        }

        if (node.Index is ExpressionNode.Slice slice)
        {
            var bounds = new[] { slice.Start, slice.Stop, slice.Step }.Select(b => b is null ? null : Evaluate(b)).ToArray();
            return bounds.Any(b => b is not null && IsDescribed(b)) ? Described(node) : PythonCollections.Slice(target, bounds[0], bounds[1], bounds[2], _budget);
        }

        var index = Evaluate(node.Index);
        ChargeSearch(target);
        return IsDescribed(index) ? Described(node) : PythonCollections.Item(target, index);
    }

    private ConfigValue EvaluateCall(ExpressionNode.Call node)
    {
        // A method of a plain value is looked up here: outside of a call it would be nothing.
        if (node.Callee is ExpressionNode.Attribute attribute)
        {
            RefusePrivate(attribute.Member);
            var target = Evaluate(attribute.Target);
            if (!IsDescribed(target))
            {
                return CallMethod(node, target, attribute.Member);
            }
        }

        var callee = Evaluate(node.Callee);
        if (EvaluateItems(node.Arguments) is not { } arguments || EvaluateKeywords(node) is not { } keywords)
        {
            return Described(node);
        }

        return callee switch
        {
            ConfigValue.Symbol { Kind: SymbolKinds.Name } function => CallFunction(node, function, arguments, keywords),
            ConfigValue.Symbol { Kind: SymbolKinds.Attribute } method => new ConfigValue.Symbol(SymbolKinds.Call, method.Name) { Receiver = method.Receiver, Arguments = Plain(arguments), Keywords = Plain(keywords) },
            ConfigValue.Symbol { Kind: SymbolKinds.Dtype } dtype => new ConfigValue.Symbol(SymbolKinds.Call, dtype.Name) { Arguments = Plain(arguments), Keywords = Plain(keywords) },
            ConfigValue.Component or ConfigValue.Symbol => new ConfigValue.Symbol(SymbolKinds.Call, node.Callee.Text) { Receiver = callee, Arguments = Plain(arguments), Keywords = Plain(keywords) },
            _ => throw new ExpressionException($"{PythonText.TypeOf(callee)} cannot be called"),
        };
    }

    private ConfigValue CallMethod(ExpressionNode.Call node, ConfigValue target, string method)
    {
        if (EvaluateItems(node.Arguments) is not { } arguments || EvaluateKeywords(node) is not { } keywords || arguments.Any(IsDescribed) || keywords.Any(k => IsDescribed(k.Value)))
        {
            return Described(node);
        }

        ChargeSearch(target);
        return new PlainMethods(_budget).Call(target, method, arguments, keywords);
    }

    private ConfigValue CallFunction(ExpressionNode.Call node, ConfigValue.Symbol function, List<ConfigValue> arguments, List<KeyValuePair<string, ConfigValue>> keywords)
    {
        var described = new ConfigValue.Symbol(SymbolKinds.Call, function.Name) { Arguments = Plain(arguments), Keywords = Plain(keywords) };
        if (function.Name is "torch.device")
        {
            return KnownNames.Device(arguments, keywords) ?? described;
        }

        if (function.Name is "copy.deepcopy" or "copy.copy" && arguments.Count == 1 && keywords.Count == 0)
        {
            // Values cannot be changed, so a copy is the value.
            return arguments[0];
        }

        if (DatalistFunction.IsKnown(function.Name) && !arguments.Any(IsDescribed) && !keywords.Any(k => IsDescribed(k.Value)))
        {
            return new DatalistFunction(_options.Folders, _budget).Call(new FunctionCall(function.Name, arguments, keywords)) ?? described;
        }

        var isPure = Builtins.IsPure(function.Name) || FileFunctions.IsKnown(function.Name) || RuntimeFunctions.IsKnown(function.Name);
        if (!isPure)
        {
            return described;
        }

        if (arguments.Any(IsDescribed) || keywords.Any(k => IsDescribed(k.Value)))
        {
            return Described(node);
        }

        var call = new FunctionCall(function.Name, arguments, keywords);
        return Builtins.IsPure(function.Name) ? new Builtins(_budget).Call(call)
            : FileFunctions.IsKnown(function.Name) ? new FileFunctions(_options.Folders, _budget).Call(call)
            : RuntimeFunctions.Call(call, _options);
    }

    private List<KeyValuePair<string, ConfigValue>>? EvaluateKeywords(ExpressionNode.Call node)
    {
        var keywords = new List<KeyValuePair<string, ConfigValue>>();
        foreach (var (name, valueNode) in node.Keywords)
        {
            var value = Evaluate(valueNode);
            if (name is not null)
            {
                keywords.Add(KeyValuePair.Create(name, Charged(value)));
                continue;
            }

            if (IsDescribed(value))
            {
                return null;
            }

            if (value is not ConfigValue.Map map || map.Items.Any(i => i.Key is not ConfigValue.Text))
            {
                throw new ExpressionException("'**' in a call needs a dict with text keys");
            }

            keywords.AddRange(map.Items.Select(i => KeyValuePair.Create(((ConfigValue.Text)i.Key).Value, Charged(i.Value))));
        }

        return keywords;
    }

    private static List<ConfigValue> Plain(List<ConfigValue> values) => [.. values.Select(PythonSets.ToList)];

    private static List<KeyValuePair<string, ConfigValue>> Plain(List<KeyValuePair<string, ConfigValue>> values) => [.. values.Select(v => KeyValuePair.Create(v.Key, PythonSets.ToList(v.Value)))];
}
