using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Python's operators on plain values. Whole numbers stay whole except for <c>/</c> and negative powers; <c>//</c> and <c>%</c> round towards minus infinity.</summary>
/// <remarks>Source: https://docs.python.org/3/reference/expressions.html#binary-arithmetic-operations and library/stdtypes.html (sequences).
/// Intended difference: whole numbers beyond 64 bits are an error.</remarks>
internal sealed class PythonArithmetic(ExpressionBudget budget)
{
    public ConfigValue Apply(string op, ConfigValue left, ConfigValue right)
    {
        if (PythonNumber.TryOf(left, out var a) && PythonNumber.TryOf(right, out var b))
        {
            return op is "&" or "|" or "^" && left is ConfigValue.Boolean p && right is ConfigValue.Boolean q ? Logic(op, p, q) : Numbers(op, a, b);
        }

        return (op, left, right) switch
        {
            ("+", ConfigValue.Text x, ConfigValue.Text y) => Concat(x, y),
            ("+", ConfigValue.List x, ConfigValue.List y) when x.IsTuple == y.IsTuple => Concat(x, y),
            ("*", ConfigValue.Text or ConfigValue.List, ConfigValue.Integer or ConfigValue.Boolean) => Repeat(left, right),
            ("*", ConfigValue.Integer or ConfigValue.Boolean, ConfigValue.Text or ConfigValue.List) => Repeat(right, left),
            ("|", ConfigValue.Map x, ConfigValue.Map y) => Union(x, y),
            _ => throw new ExpressionException($"'{op}' does not work on {PythonText.TypeOf(left)} and {PythonText.TypeOf(right)}"),
        };
    }

    public static ConfigValue Negate(string op, ConfigValue value)
    {
        if (!PythonNumber.TryOf(value, out var number) || (op == "~" && number.IsReal))
        {
            throw new ExpressionException($"'{op}' does not work on {PythonText.TypeOf(value)}");
        }

        return op switch
        {
            "+" => number.ToValue(),
            "~" => new ConfigValue.Integer(~number.Whole),
            _ when number.IsReal => new ConfigValue.Real(-number.Real),
            _ => Whole(() => checked(-number.Whole)),
        };
    }

    private static ConfigValue.Boolean Logic(string op, ConfigValue.Boolean a, ConfigValue.Boolean b) =>
        new(op switch { "&" => a.Value & b.Value, "|" => a.Value | b.Value, _ => a.Value ^ b.Value });

    private static ConfigValue Numbers(string op, PythonNumber a, PythonNumber b)
    {
        if (op is "/" or "//" or "%" && b.ToReal() == 0)
        {
            throw new ExpressionException("it divides by zero");
        }

        if (op == "**")
        {
            return Power(a, b);
        }

        if (op == "/")
        {
            return new ConfigValue.Real(a.ToReal() / b.ToReal());
        }

        return a.IsReal || b.IsReal ? new ConfigValue.Real(Reals(op, a.ToReal(), b.ToReal())) : Whole(() => Wholes(op, a.Whole, b.Whole));
    }

    private static double Reals(string op, double a, double b) => op switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "//" => Math.Round((a - Modulo(a, b)) / b),
        "%" => Modulo(a, b),
        _ => throw new ExpressionException($"'{op}' does not work on real numbers"),
    };

    private static double Modulo(double a, double b)
    {
        var rest = a % b;
        return rest == 0 ? Math.CopySign(0, b) : (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private static long Wholes(string op, long a, long b) => op switch
    {
        "+" => checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "//" => checked(a / b) - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0),
        "%" => b == -1 ? 0 : (a % b) is var rest && rest != 0 && (rest < 0) != (b < 0) ? rest + b : a % b,
        "&" => a & b,
        "|" => a | b,
        "^" => a ^ b,
        "<<" => Shift(a, b),
        ">>" => b < 0 ? throw new ExpressionException("it shifts by a negative number") : a >> (int)Math.Min(b, 63),
        _ => throw new ExpressionException($"'{op}' is not supported"),
    };

    private static long Shift(long a, long b)
    {
        if (b < 0)
        {
            throw new ExpressionException("it shifts by a negative number");
        }

        if (a == 0)
        {
            return 0;
        }

        return b < 63 && (a << (int)b) >> (int)b == a ? a << (int)b : throw new OverflowException();
    }

    private static ConfigValue Power(PythonNumber a, PythonNumber b)
    {
        if (!a.IsReal && !b.IsReal && b.Whole >= 0)
        {
            return Whole(() => WholePower(a.Whole, b.Whole));
        }

        var (x, y) = (a.ToReal(), b.ToReal());
        if (x == 0 && y < 0)
        {
            throw new ExpressionException("it raises zero to a negative power");
        }

        var result = Math.Pow(x, y);
        if (double.IsNaN(result) && !double.IsNaN(x) && !double.IsNaN(y))
        {
            throw new ExpressionException("its result is a complex number");
        }

        return double.IsInfinity(result) && double.IsFinite(x) && double.IsFinite(y) ? throw new ExpressionException("its result is too large for a real number") : new ConfigValue.Real(result);
    }

    private static long WholePower(long a, long exponent)
    {
        if (a is 0 or 1)
        {
            return exponent == 0 ? 1 : a;
        }

        if (a == -1)
        {
            return exponent % 2 == 0 ? 1 : -1;
        }

        // At least 2 in size: 64 factors overflow for sure, so the loop is short.
        long result = 1;
        for (long i = 0; i < exponent; i++)
        {
            result = checked(result * a);
        }

        return result;
    }

    private static ConfigValue.Integer Whole(Func<long> compute)
    {
        try
        {
            return new ConfigValue.Integer(compute());
        }
        catch (OverflowException)
        {
            throw new ExpressionException("its result does not fit in 64 bits");
        }
    }

    private ConfigValue.Text Concat(ConfigValue.Text x, ConfigValue.Text y)
    {
        budget.Produce((long)x.Value.Length + y.Value.Length);
        return new ConfigValue.Text(x.Value + y.Value);
    }

    private ConfigValue.List Concat(ConfigValue.List x, ConfigValue.List y)
    {
        budget.Produce((long)x.Items.Count + y.Items.Count);
        return new ConfigValue.List([.. x.Items, .. y.Items], x.IsTuple);
    }

    private ConfigValue Repeat(ConfigValue value, ConfigValue count)
    {
        PythonNumber.TryOf(count, out var number);
        var times = Math.Max(0, number.Whole);
        var unit = value is ConfigValue.Text t ? t.Value.Length : ((ConfigValue.List)value).Items.Count;
        if (unit == 0)
        {
            return value;
        }

        budget.Produce(times > int.MaxValue ? long.MaxValue : times * unit);
        return value switch
        {
            ConfigValue.Text text => new ConfigValue.Text(new System.Text.StringBuilder().Insert(0, text.Value, (int)times).ToString()),
            ConfigValue.List list => list with { Items = [.. Enumerable.Repeat(list.Items, (int)times).SelectMany(i => i)] },
            _ => throw new ExpressionException("'*' does not work here"),
        };
    }

    private ConfigValue.Map Union(ConfigValue.Map x, ConfigValue.Map y)
    {
        budget.Produce((long)x.Items.Count + y.Items.Count);
        var map = new ConfigMapBuilder();
        map.AddAll(x);
        map.AddAll(y);
        return map.Build();
    }
}
