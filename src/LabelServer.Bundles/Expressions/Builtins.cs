using System.Collections.Frozen;
using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Python's built-in functions that have no effect, on plain values.</summary>
/// <remarks>Source: https://docs.python.org/3/library/functions.html. <c>zip</c>, <c>range</c>, <c>enumerate</c> and <c>reversed</c> give lists.</remarks>
internal sealed class Builtins(ExpressionBudget budget)
{
    private static readonly FrozenSet<string> Pure = new[]
    {
        "sorted", "list", "tuple", "dict", "set", "zip", "len", "range", "min", "max", "sum", "abs", "int", "float", "str", "bool", "any", "all", "enumerate", "reversed", "round", "repr",
        "divmod", "pow", "math.sqrt", "math.ceil", "math.floor", "math.log", "math.exp", "math.prod",
    }.ToFrozenSet();

    // They have effects or need objects: a call of one is described, never made.
    private static readonly FrozenSet<string> Described = new[] { "print", "open", "map", "filter", "setattr", "getattr", "hasattr", "isinstance", "type", "iter", "next", "slice", "id", "object", "super" }.ToFrozenSet();

    // They run text as code or reach into the interpreter.
    private static readonly FrozenSet<string> Refused = new[] { "eval", "exec", "compile", "globals", "locals", "vars", "input", "breakpoint", "delattr", "memoryview", "help", "exit", "quit" }.ToFrozenSet();

    public static bool IsPure(string name) => Pure.Contains(name);

    public static bool IsKnown(string name) => Pure.Contains(name) || Described.Contains(name);

    public static bool IsRefused(string name) => Refused.Contains(name);

    public ConfigValue Call(FunctionCall call)
    {
        budget.Step();
        return call.Name switch
        {
            "len" => new ConfigValue.Integer(PythonCollections.Length(call.Expect(1, 1)[0])),
            "list" => new ConfigValue.List(call.Expect(0, 1).Arguments.Count == 0 ? [] : Items(call[0])),
            "tuple" => new ConfigValue.List(call.Expect(0, 1).Arguments.Count == 0 ? [] : Items(call[0]), true),
            "set" => PythonSets.Make(call.Expect(0, 1).Arguments.Count == 0 ? [] : Items(call[0])),
            "reversed" => new ConfigValue.List([.. Items(call.Expect(1, 1)[0]).Reverse()]),
            "dict" => MakeDict(call),
            "zip" => Zip(call),
            "range" => Range(call.Expect(1, 3)),
            "enumerate" => Enumerate(call.Expect(1, 2, "start")),
            "sorted" => Sort(call.Expect(1, 1, "reverse")),
            "min" or "max" => Extreme(call),
            "sum" => Sum(call.Expect(1, 2)),
            "any" => new ConfigValue.Boolean(Items(call.Expect(1, 1)[0]).Any(Truth)),
            "all" => new ConfigValue.Boolean(Items(call.Expect(1, 1)[0]).All(Truth)),
            "bool" => new ConfigValue.Boolean(call.Expect(0, 1).Arguments.Count == 1 && Truth(call[0])),
            "str" => new ConfigValue.Text(call.Expect(0, 1).Arguments.Count == 0 ? string.Empty : Written(PythonText.Of(PythonSets.ToList(call[0]), budget), call)),
            "repr" => new ConfigValue.Text(Written(PythonText.Repr(PythonSets.ToList(call.Expect(1, 1)[0]), budget), call)),
            _ => Number(call),
        };
    }

    private static string Written(string? text, FunctionCall call) => text ?? throw new ExpressionException($"{call.Name} of a value that is not plain is not supported");

    private static bool Truth(ConfigValue value) => value switch
    {
        ConfigValue.Null => false,
        ConfigValue.Component or ConfigValue.Symbol => throw new ExpressionException($"whether {PythonText.TypeOf(value)} is true is not known"),
        _ when PythonNumber.TryOf(value, out var number) => number.ToReal() != 0,
        _ => PythonCollections.Length(value) > 0,
    };

    private static ConfigValue Number(FunctionCall call)
    {
        switch (call.Name)
        {
            case "int":
                return call.Expect(0, 2).Arguments.Count == 0 ? new ConfigValue.Integer(0) : ToWhole(call);
            case "float":
                return call.Expect(0, 1).Arguments.Count == 0 ? new ConfigValue.Real(0) : ToReal(call);
            case "round":
                return Round(call.Expect(1, 2));
            case "math.prod":
                return PythonCollections.Iterate(call.Expect(1, 1)[0]).Aggregate((ConfigValue)new ConfigValue.Integer(1), (product, item) => Arithmetic("*", product, item));
            case "pow":
                return Arithmetic("**", call.Expect(2, 2)[0], call[1]);
            case "divmod":
                return new ConfigValue.List([Arithmetic("//", call.Expect(2, 2)[0], call[1]), Arithmetic("%", call[0], call[1])], true);
        }

        call.Expect(1, call.Name == "math.log" ? 2 : 1);
        var number = NumberAt(call, 0);
        return call.Name switch
        {
            "abs" when number.IsReal => new ConfigValue.Real(Math.Abs(number.Real)),
            "abs" => number.Whole < 0 ? PythonArithmetic.Negate("-", number.ToValue()) : number.ToValue(),
            "math.ceil" => number.IsReal ? WholeOf(Math.Ceiling(number.Real)) : number.ToValue(),
            "math.floor" => number.IsReal ? WholeOf(Math.Floor(number.Real)) : number.ToValue(),
            "math.sqrt" => Defined(Math.Sqrt(number.ToReal()), call),
            "math.exp" => Defined(Math.Exp(number.ToReal()), call),
            _ => Defined(call.Arguments.Count == 1 ? Math.Log(number.ToReal()) : Math.Log(number.ToReal()) / Math.Log(NumberAt(call, 1).ToReal()), call),
        };
    }

    private static ConfigValue Arithmetic(string op, ConfigValue a, ConfigValue b) => PythonNumber.TryOf(a, out _) && PythonNumber.TryOf(b, out _)
        ? new PythonArithmetic(new ExpressionBudget(ExpressionLimits.Default)).Apply(op, a, b)
        : throw new ExpressionException($"'{op}' here needs numbers");

    private static PythonNumber NumberAt(FunctionCall call, int index) => PythonNumber.TryOf(call[index], out var number) ? number : throw call.Mismatch(index, "a number");

    private static ConfigValue.Real Defined(double value, FunctionCall call) => double.IsFinite(value) ? new ConfigValue.Real(value) : throw new ExpressionException($"{call.Name} is not defined there");

    private static ConfigValue.Integer WholeOf(double value) => value is >= -9.2233720368547758E18 and < 9.2233720368547758E18
        ? new ConfigValue.Integer((long)value)
        : throw new ExpressionException($"{PythonText.OfReal(value)} does not fit in 64 bits");

    private static ConfigValue.Integer ToWhole(FunctionCall call)
    {
        if (call[0] is ConfigValue.Text text)
        {
            var digits = text.Value.Trim();
            var plain = call.Arguments.Count == 1 || call.Whole(1) == 10;
            return plain && long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? new ConfigValue.Integer(value)
                : throw new ExpressionException($"'{digits[..Math.Min(40, digits.Length)]}' is not a whole number of 64 bits");
        }

        var number = NumberAt(call.Expect(1, 1), 0);
        return number.IsReal ? WholeOf(Math.Truncate(number.Real)) : new ConfigValue.Integer(number.Whole);
    }

    private static ConfigValue.Real ToReal(FunctionCall call)
    {
        if (call[0] is not ConfigValue.Text text)
        {
            return new ConfigValue.Real(NumberAt(call, 0).ToReal());
        }

        var word = text.Value.Trim().ToUpperInvariant();
        return word.TrimStart('+', '-') switch
        {
            "INF" or "INFINITY" => new ConfigValue.Real(word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity),
            "NAN" => new ConfigValue.Real(double.NaN),
            _ => double.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
                ? new ConfigValue.Real(value)
                : throw new ExpressionException($"'{text.Value[..Math.Min(40, text.Value.Length)]}' is not a number"),
        };
    }

    // Python rounds halves to the even neighbour, and decimal places by the exact binary value: 2.675 to two places is 2.67.
    private static ConfigValue Round(FunctionCall call)
    {
        var number = NumberAt(call, 0);
        if (call.Arguments.Count == 1 || call[1] is ConfigValue.Null)
        {
            return number.IsReal ? WholeOf(Math.Round(number.Real, MidpointRounding.ToEven)) : number.ToValue();
        }

        var places = call.Whole(1);
        if (places is < 0 or > 300)
        {
            throw new ExpressionException("round with that number of places is not supported");
        }

        return number.IsReal
            ? new ConfigValue.Real(double.Parse(number.Real.ToString("F" + places.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : number.ToValue();
    }

    private IReadOnlyList<ConfigValue> Items(ConfigValue value)
    {
        var items = PythonCollections.Iterate(value);
        budget.Produce(items.Count);
        return items;
    }

    private ConfigValue.Map MakeDict(FunctionCall call)
    {
        if (call.Arguments.Count > 1)
        {
            throw new ExpressionException($"dict takes one argument by position, not {call.Arguments.Count}");
        }

        var map = new ConfigMapBuilder();
        if (call.Arguments is [ConfigValue.Map first])
        {
            map.AddAll(first);
        }
        else if (call.Arguments.Count == 1)
        {
            foreach (var pair in Items(call[0]))
            {
                var parts = PythonCollections.Iterate(pair);
                if (parts.Count != 2 || parts[0] is ConfigValue.List { IsTuple: false } or ConfigValue.Map or PythonSet)
                {
                    throw new ExpressionException("dict needs pairs of a key and a value");
                }

                map.Set(parts[0], parts[1]);
            }
        }

        foreach (var (name, value) in call.Keywords)
        {
            map.Set(name, value);
        }

        budget.Produce(map.Count);
        return map.Build();
    }

    private ConfigValue.List Zip(FunctionCall call)
    {
        call.Expect(0, int.MaxValue);
        var columns = call.Arguments.Select(PythonCollections.Iterate).ToList();
        var count = columns.Count == 0 ? 0 : columns.Min(c => c.Count);
        budget.Produce((long)count * (columns.Count + 1));
        return new ConfigValue.List([.. Enumerable.Range(0, count).Select(i => new ConfigValue.List([.. columns.Select(c => c[i])], true))]);
    }

    private ConfigValue.List Range(FunctionCall call)
    {
        var start = call.Arguments.Count == 1 ? 0 : call.Whole(0);
        var stop = call.Whole(call.Arguments.Count == 1 ? 0 : 1);
        var step = call.Arguments.Count == 3 ? call.Whole(2) : 1;
        if (step == 0)
        {
            throw new ExpressionException("range has step 0");
        }

        var span = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var stride = step > 0 ? step : -(Int128)step;
        var count = span <= 0 ? 0 : ((span - 1) / stride) + 1;
        budget.Produce(count > int.MaxValue ? long.MaxValue : (long)count);
        return new ConfigValue.List([.. Enumerable.Range(0, (int)count).Select(i => new ConfigValue.Integer(start + (i * step)))]);
    }

    private ConfigValue.List Enumerate(FunctionCall call)
    {
        var from = call.Arguments.Count == 2 ? call.Whole(1) : call.Keyword("start") is { } start ? new FunctionCall(call.Name, [start], []).Whole(0) : 0;
        var items = PythonCollections.Iterate(call[0]);
        budget.Produce(3L * items.Count);
        return new ConfigValue.List([.. items.Select((item, i) => new ConfigValue.List([Arithmetic("+", new ConfigValue.Integer(from), new ConfigValue.Integer(i)), item], true))]);
    }

    private ConfigValue.List Sort(FunctionCall call)
    {
        var items = Items(call[0]);
        budget.Step((long)items.Count * 20);
        var comparer = Comparer<ConfigValue>.Create((a, b) => PythonComparison.Order(a, b) is var order && order == 2 ? throw new ExpressionException("NaN cannot be sorted") : order);
        var isReversed = call.Keyword("reverse") is { } reverse && Truth(reverse);
        try
        {
            // Both keep the order of equal items, as Python does.
            return new ConfigValue.List([.. isReversed ? items.OrderDescending(comparer) : items.Order(comparer)]);
        }
        catch (InvalidOperationException e) when (e.InnerException is ExpressionException inner)
        {
            throw inner;
        }
    }

    private ConfigValue Extreme(FunctionCall call)
    {
        call.Expect(1, int.MaxValue, "default");
        var items = call.Arguments.Count == 1 ? Items(call[0]) : call.Arguments;
        if (items.Count == 0)
        {
            return call.Keyword("default") ?? throw new ExpressionException($"{call.Name} of nothing");
        }

        var sign = call.Name == "min" ? -1 : 1;
        return items.Aggregate((best, item) => PythonComparison.Order(item, best) == sign ? item : best);
    }

    private ConfigValue Sum(FunctionCall call)
    {
        var arithmetic = new PythonArithmetic(budget);
        var start = call.Arguments.Count == 2 ? call[1] : new ConfigValue.Integer(0);
        if (start is ConfigValue.Text)
        {
            throw new ExpressionException("sum does not join texts");
        }

        return Items(call[0]).Aggregate(start, (sum, item) => item is ConfigValue.Component or ConfigValue.Symbol
            ? throw new ExpressionException($"{PythonText.TypeOf(item)} cannot be summed")
            : arithmetic.Apply("+", sum, item));
    }
}
