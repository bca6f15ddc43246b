using System.Globalization;
using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Transforms;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.Transforms;

/// <summary>Brings the reference outputs into the form that transforms take, and compares.</summary>
internal static class GoldenTransforms
{
    /// <summary>A JSON value as a bundle's config would give it.</summary>
    public static ConfigValue ToConfig(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => ConfigValue.Null.Instance,
        JsonValueKind.True or JsonValueKind.False => new ConfigValue.Boolean(value.GetBoolean()),
        JsonValueKind.Number => value.TryGetInt64(out var whole) && !value.GetRawText().Contains('.', StringComparison.Ordinal)
            ? new ConfigValue.Integer(whole)
            : new ConfigValue.Real(value.GetDouble()),
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => new ConfigValue.Real(double.NaN),
            "Infinity" => new ConfigValue.Real(double.PositiveInfinity),
            "-Infinity" => new ConfigValue.Real(double.NegativeInfinity),

            // The reference outputs write MONAI's default selection, "greater than 0", with this word.
            "pos" => new ConfigValue.Symbol("function", "monai.transforms.utils.is_positive"),
            var text => new ConfigValue.Text(text!),
        },
        JsonValueKind.Array => new ConfigValue.List([.. value.EnumerateArray().Select(ToConfig)]),
        _ => new ConfigValue.Map([.. value.EnumerateObject().Select(p => KeyValuePair.Create<ConfigValue, ConfigValue>(new ConfigValue.Text(p.Name), ToConfig(p.Value)))]),
    };

    /// <summary>A component with arguments.</summary>
    public static ConfigValue.Component Component(string target, params (string Name, ConfigValue Value)[] arguments) =>
        new("transform", target, [.. arguments.Select(a => KeyValuePair.Create(a.Name, a.Value))]);

    /// <summary>A tensor [C, X, Y, Z] or, without channels, [X, Y, Z] with its affine.</summary>
    public static Volume<float> Volume(SafetensorsFile tensors, string name, string? affine = null)
    {
        var shape = tensors.ShapeOf(name);
        return AxisOrder.ToVolume<float>(
            tensors.Doubles(name), shape.Length == 4 ? shape : [1, .. shape], Affine.FromRows(tensors.Doubles(affine ?? name + "_affine")));
    }

    /// <summary>The item's samples in the order of the tensors.</summary>
    public static double[] RowMajor(SampleItem item, TransformContext context) => AxisOrder.ToRowMajor((Volume<float>)item.GetFloat(context));

    /// <summary>Shapes are equal; a tensor without channel axis stands for one channel.</summary>
    public static void AssertSameShape(int[] expected, SampleItem item)
    {
        var size = item.Grid.Size;
        int[] wanted = expected.Length == 4 ? expected : [1, .. expected], found = [item.Channels, size.I, size.J, size.K];
        Assert.Equal<int>(wanted, found);
    }

    /// <summary>Affines agree to 1e-5 mm.</summary>
    public static void AssertSameAffine(double[] expected, Affine actual)
    {
        var rows = actual.ToRows();
        for (var n = 0; n < 16; n++)
        {
            Assert.True(Math.Abs(expected[n] - rows[n]) <= 1e-5, string.Create(CultureInfo.InvariantCulture, $"affine entry {n}: expected {expected[n]:R}, found {rows[n]:R}"));
        }
    }

    /// <summary>Every value is within the tolerance.</summary>
    public static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        var at = -1;
        for (var n = 0; n < expected.Length; n++)
        {
            var difference = Math.Abs(expected[n] - actual[n]);
            if (!(difference <= worst) && !expected[n].Equals(actual[n]))
            {
                (worst, at) = (difference, n);
            }
        }

        Assert.True(worst <= tolerance, at < 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"element {at} of {expected.Length}: expected {expected[at]:R}, found {actual[at]:R}; difference {worst:G4}, allowed {tolerance:G4}"));
    }

    /// <summary>At least 99.9 % of the values are equal.</summary>
    public static void AssertMostlyEqual(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var different = 0;
        for (var n = 0; n < expected.Length; n++)
        {
            different += Math.Abs(expected[n] - actual[n]) > 1e-6 * Math.Max(1, Math.Abs(expected[n])) ? 1 : 0;
        }

        Assert.True(different <= expected.Length * 0.001, $"{different} of {expected.Length} voxels differ");
    }

    /// <summary>The distance between the largest and the smallest value; 1 when there is none.</summary>
    public static double Range(double[] values) => values.Length == 0 || values.Max() == values.Min() ? 1 : values.Max() - values.Min();

    /// <summary>The largest absolute value; 1 when there is none.</summary>
    public static double Largest(double[] values) => values.Length == 0 ? 1 : Math.Max(values.Max(Math.Abs), 1e-12);
}
