using LabelServer.Imaging.Geometry;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>The next size whose sides are multiples of given numbers.</summary>
internal static class DivisibleSize
{
    /// <summary>The size; a side whose number is 0 or less stays. MONAI takes 0 as "1" and a negative number too, which comes to the same.</summary>
    public static GridSize Of(GridSize size, IReadOnlyList<int> multiples) => new(Up(size.I, multiples, 0), Up(size.J, multiples, 1), Up(size.K, multiples, 2));

    /// <summary>Reads one number or three.</summary>
    public static IReadOnlyList<int> Read(TransformArguments arguments, string name, bool required)
    {
        var values = required ? arguments.Require(name, ArgumentKinds.Integers, [1]) : arguments.Get(name, ArgumentKinds.Integers, [1]);
        if (values.Count is 1 or 3)
        {
            return values;
        }

        arguments.Problem(name, "expected one whole number or three");
        return [1];
    }

    private static int Up(int size, IReadOnlyList<int> multiples, int axis)
    {
        var multiple = multiples[multiples.Count == 1 ? 0 : axis];
        return multiple > 0 ? (size + multiple - 1) / multiple * multiple : size;
    }
}
