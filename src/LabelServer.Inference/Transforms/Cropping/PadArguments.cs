using LabelServer.Imaging.Cropping;

namespace LabelServer.Inference.Transforms.Cropping;

/// <summary>Reads the arguments that all padding transforms share.</summary>
internal static class PadArguments
{
    /// <summary>NumPy's and torch's names of the pad modes.</summary>
    public static ArgumentKind<PadMode> Mode { get; } = ArgumentKinds.OneOf(new Dictionary<string, PadMode>
    {
        ["constant"] = PadMode.Constant,
        ["zeros"] = PadMode.Constant,
        ["empty"] = PadMode.Constant,
        ["edge"] = PadMode.Edge,
        ["replicate"] = PadMode.Edge,
        ["border"] = PadMode.Edge,
        ["reflect"] = PadMode.Reflect,
        ["symmetric"] = PadMode.Symmetric,
        ["wrap"] = PadMode.Wrap,
        ["circular"] = PadMode.Wrap,
        ["maximum"] = PadMode.Maximum,
        ["minimum"] = PadMode.Minimum,
        ["mean"] = PadMode.Mean,
        ["median"] = PadMode.Median,
        ["linear_ramp"] = PadMode.LinearRamp,
    });

    /// <summary>The value of constant padding, under torch's or NumPy's name.</summary>
    public static double Value(TransformArguments arguments)
    {
        var value = arguments.Get("value", ArgumentKinds.Real, 0);
        return arguments.Get("constant_values", ArgumentKinds.Real, value);
    }

    /// <summary>Whether voxels are added at the end only (method "end") or at both sides.</summary>
    public static bool AtEnd(TransformArguments arguments) =>
        arguments.Get("method", ArgumentKinds.OneOf(new Dictionary<string, bool> { ["symmetric"] = false, ["end"] = true }), false);
}
