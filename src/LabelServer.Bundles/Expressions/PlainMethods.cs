using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Methods of texts, lists and dictionaries that read only. Whatever would change its object is not there.</summary>
/// <remarks>Source: https://docs.python.org/3/library/stdtypes.html.</remarks>
internal sealed class PlainMethods(ExpressionBudget budget)
{
    public ConfigValue Call(ConfigValue target, string method, IReadOnlyList<ConfigValue> arguments, IReadOnlyList<KeyValuePair<string, ConfigValue>> keywords)
    {
        var call = new FunctionCall($"{PythonText.TypeOf(target)}.{method}", arguments, keywords);
        var result = target switch
        {
            ConfigValue.Text text => CallText(text.Value, method, call),
            ConfigValue.List list => CallList(list, method, call),
            ConfigValue.Map map => CallMap(map, method, call),
            _ => null,
        };
        return result ?? throw new ExpressionException($"{call.Name} is not supported");
    }

    private static ConfigValue? CallList(ConfigValue.List list, string method, FunctionCall call)
    {
        switch (method)
        {
            case "copy" when !list.IsTuple:
                call.Expect(0, 0);
                return list;
            case "count":
                call.Expect(1, 1);
                return new ConfigValue.Integer(list.Items.Count(i => PythonEqualityComparer.Instance.Equals(i, call[0])));
            case "index":
                call.Expect(1, 1);
                for (var i = 0; i < list.Items.Count; i++)
                {
                    if (PythonEqualityComparer.Instance.Equals(list.Items[i], call[0]))
                    {
                        return new ConfigValue.Integer(i);
                    }
                }

                throw new ExpressionException($"{call.Name}: the value is not in it");
            default:
                return null;
        }
    }

    private ConfigValue? CallMap(ConfigValue.Map map, string method, FunctionCall call)
    {
        switch (method)
        {
            case "copy":
                call.Expect(0, 0);
                return map;
            case "keys":
                call.Expect(0, 0);
                budget.Produce(map.Items.Count);
                return new ConfigValue.List([.. map.Items.Select(i => i.Key)]);
            case "values":
                call.Expect(0, 0);
                budget.Produce(map.Items.Count);
                return new ConfigValue.List([.. map.Items.Select(i => i.Value)]);
            case "items":
                call.Expect(0, 0);
                budget.Produce(3L * map.Items.Count);
                return new ConfigValue.List([.. map.Items.Select(i => new ConfigValue.List([i.Key, i.Value], true))]);
            case "get":
                call.Expect(1, 2);
                foreach (var item in map.Items)
                {
                    if (PythonEqualityComparer.Instance.Equals(item.Key, call[0]))
                    {
                        return item.Value;
                    }
                }

                return call.Arguments.Count == 2 ? call[1] : ConfigValue.Null.Instance;
            default:
                return null;
        }
    }

    private ConfigValue? CallText(string text, string method, FunctionCall call)
    {
        switch (method)
        {
            case "lower":
                call.Expect(0, 0);
                return Made(text.ToLowerInvariant());
            case "upper":
                call.Expect(0, 0);
                return Made(text.ToUpperInvariant());
            case "strip":
                return Made(Characters(call) is { } both ? text.Trim(both) : text.Trim());
            case "lstrip":
                return Made(Characters(call) is { } left ? text.TrimStart(left) : text.TrimStart());
            case "rstrip":
                return Made(Characters(call) is { } right ? text.TrimEnd(right) : text.TrimEnd());
            case "startswith":
                return new ConfigValue.Boolean(Alternatives(call).Any(a => text.StartsWith(a, StringComparison.Ordinal)));
            case "endswith":
                return new ConfigValue.Boolean(Alternatives(call).Any(a => text.EndsWith(a, StringComparison.Ordinal)));
            case "removeprefix":
                return Made(text.StartsWith(call.Expect(1, 1).Text(0), StringComparison.Ordinal) ? text[call.Text(0).Length..] : text);
            case "removesuffix":
                return Made(text.EndsWith(call.Expect(1, 1).Text(0), StringComparison.Ordinal) ? text[..^call.Text(0).Length] : text);
            case "isdigit":
                call.Expect(0, 0);
                return new ConfigValue.Boolean(text.Length > 0 && text.All(char.IsAsciiDigit));
            case "count":
                return new ConfigValue.Integer(Occurrences(text, call.Expect(1, 1).Text(0)));
            case "find":
                return new ConfigValue.Integer(Position(text, call.Expect(1, 1).Text(0)));
            case "replace":
                return Replace(text, call.Expect(2, 2));
            case "split" or "rsplit":
                return Split(text, call.Expect(0, 2), method == "rsplit");
            case "join":
                return Join(text, call.Expect(1, 1));
            default:
                return null;
        }
    }

    private static char[]? Characters(FunctionCall call) => call.Expect(0, 1).Arguments.Count == 0 || call[0] is ConfigValue.Null ? null : call.Text(0).ToCharArray();

    private static IEnumerable<string> Alternatives(FunctionCall call) => call.Expect(1, 1)[0] is ConfigValue.List { IsTuple: true } several
        ? several.Items.Select(i => i is ConfigValue.Text text ? text.Value : throw call.Mismatch(0, "text or a tuple of texts"))
        : [call.Text(0)];

    private static int Occurrences(string text, string part)
    {
        if (part.Length == 0)
        {
            return text.EnumerateRunes().Count() + 1;
        }

        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static int Position(string text, string part)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : text[..at].EnumerateRunes().Count();
    }

    private ConfigValue.Text Made(string text)
    {
        budget.Produce(text.Length);
        return new ConfigValue.Text(text);
    }

    private ConfigValue.Text Replace(string text, FunctionCall call)
    {
        var (from, to) = (call.Text(0), call.Text(1));
        if (from.Length == 0)
        {
            throw new ExpressionException($"{call.Name} of nothing is not supported");
        }

        budget.Produce(text.Length + (Occurrences(text, from) * (long)Math.Max(0, to.Length - from.Length)));
        return new ConfigValue.Text(text.Replace(from, to, StringComparison.Ordinal));
    }

    private ConfigValue.List Split(string text, FunctionCall call, bool fromRight)
    {
        var limit = call.Arguments.Count == 2 ? call.Whole(1) : -1;
        if (call.Arguments.Count == 0 || call[0] is ConfigValue.Null)
        {
            return limit < 0 ? Listed(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : throw new ExpressionException($"{call.Name} by spaces with a limit is not supported");
        }

        var separator = call.Text(0);
        if (separator.Length == 0)
        {
            throw new ExpressionException($"{call.Name} needs a separator");
        }

        var parts = text.Split(separator);
        var most = limit < 0 || limit >= parts.Length ? parts.Length : (int)limit + 1;
        return fromRight
            ? Listed([string.Join(separator, parts[..(parts.Length - most + 1)]), .. parts[(parts.Length - most + 1)..]])
            : Listed([.. parts[..(most - 1)], string.Join(separator, parts[(most - 1)..])]);
    }

    private ConfigValue.List Listed(string[] parts)
    {
        budget.Produce(parts.Sum(p => (long)p.Length + 1));
        return new ConfigValue.List([.. parts.Select(p => new ConfigValue.Text(p))]);
    }

    private ConfigValue.Text Join(string separator, FunctionCall call)
    {
        var parts = PythonCollections.Iterate(call[0]).Select(i => i is ConfigValue.Text text ? text.Value : throw new ExpressionException($"{call.Name} joins texts only")).ToList();
        budget.Produce(parts.Sum(p => (long)p.Length + separator.Length));
        return new ConfigValue.Text(string.Join(separator, parts));
    }
}
