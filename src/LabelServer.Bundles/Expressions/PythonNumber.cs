using System.Numerics;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>A Python number: whole (here 64 bits, beyond that an error) or real. Truth values count as 0 and 1.</summary>
internal readonly record struct PythonNumber(bool IsReal, long Whole, double Real)
{
    public static bool TryOf(ConfigValue value, out PythonNumber number)
    {
        switch (value)
        {
            case ConfigValue.Integer whole:
                number = new PythonNumber(false, whole.Value, 0);
                return true;
            case ConfigValue.Boolean truth:
                number = new PythonNumber(false, truth.Value ? 1 : 0, 0);
                return true;
            case ConfigValue.Real real:
                number = new PythonNumber(true, 0, real.Value);
                return true;
            default:
                number = default;
                return false;
        }
    }

    public double ToReal() => IsReal ? Real : Whole;

    public ConfigValue ToValue() => IsReal ? new ConfigValue.Real(Real) : new ConfigValue.Integer(Whole);

    /// <summary>-1, 0, 1, or 2 when one of them is NaN. Exact also where a whole number has no equal real one.</summary>
    public static int Compare(PythonNumber a, PythonNumber b)
    {
        if (!a.IsReal && !b.IsReal)
        {
            return a.Whole.CompareTo(b.Whole);
        }

        if (a.IsReal && b.IsReal)
        {
            return double.IsNaN(a.Real) || double.IsNaN(b.Real) ? 2 : a.Real.CompareTo(b.Real);
        }

        if (a.IsReal)
        {
            var turned = Compare(b, a);
            return turned == 2 ? 2 : -turned;
        }

        if (!double.IsFinite(b.Real))
        {
            return double.IsNaN(b.Real) ? 2 : b.Real > 0 ? -1 : 1;
        }

        var floor = Math.Floor(b.Real);
        var order = new BigInteger(a.Whole).CompareTo(new BigInteger(floor));
        return order == 0 && b.Real > floor ? -1 : order;
    }
}
