using LabelServer.Bundles.Config;
using LabelServer.Imaging.Resampling;

namespace LabelServer.Inference.Transforms.Spatial;

/// <summary>Reads the arguments that all resampling transforms share.</summary>
internal static class ResampleArguments
{
    /// <summary>MONAI's modes on a grid: words of torch, whole numbers for splines.</summary>
    public static ArgumentKind<Interpolation> GridMode { get; } = new("'bilinear', 'nearest' or a spline order 0 to 5", (ConfigValue value, out Interpolation result) =>
    {
        result = value switch
        {
            ConfigValue.Text { Value: "bilinear" or "trilinear" or "linear" } => Interpolation.Linear,
            ConfigValue.Text { Value: "nearest" or "nearest-exact" } => Interpolation.Nearest,
            ConfigValue.Integer { Value: >= 0 and <= 5 } order => Interpolation.Spline0 + (int)order.Value,
            _ => (Interpolation)(-1),
        };
        return result >= 0;
    });

    /// <summary>MONAI's modes of resizing.</summary>
    public static ArgumentKind<Interpolation> ResizeMode { get; } = ArgumentKinds.OneOf(new Dictionary<string, Interpolation>
    {
        ["nearest"] = Interpolation.Nearest,
        ["nearest-exact"] = Interpolation.NearestExact,
        ["linear"] = Interpolation.Linear,
        ["bilinear"] = Interpolation.Linear,
        ["trilinear"] = Interpolation.Linear,
        ["area"] = Interpolation.Area,
    });

    /// <summary>What lies outside, in torch's and SciPy's words.</summary>
    public static ArgumentKind<OutOfBounds> Padding { get; } = ArgumentKinds.OneOf(new Dictionary<string, OutOfBounds>
    {
        ["border"] = OutOfBounds.Border,
        ["nearest"] = OutOfBounds.Border,
        ["zeros"] = OutOfBounds.Zeros,
        ["constant"] = OutOfBounds.Zeros,
        ["reflection"] = OutOfBounds.Reflection,
        ["reflect"] = OutOfBounds.Reflection,
        ["grid-mirror"] = OutOfBounds.Reflection,
        ["mirror"] = OutOfBounds.Mirror,
        ["wrap"] = OutOfBounds.Wrap,
        ["grid-wrap"] = OutOfBounds.GridWrap,
        ["grid-constant"] = OutOfBounds.GridConstant,
    });

    /// <summary>Reads mode, padding_mode and align_corners, one for each key.</summary>
    public static PerKey<ResampleOptions> Read(TransformArguments arguments, Interpolation mode, OutOfBounds padding)
    {
        arguments.Ignore("dtype", "device");
        var modes = arguments.GetPerKey("mode", GridMode, mode);
        var paddings = arguments.GetPerKey("padding_mode", Padding, padding);
        var corners = arguments.GetPerKey("align_corners", ArgumentKinds.OrNone(ArgumentKinds.Boolean), false);
        var options = new List<ResampleOptions>();
        for (var index = 0; index < Math.Max(arguments.Keys.Names?.Count ?? 1, 1); index++)
        {
            var outside = paddings[index];
            if (modes[index] is Interpolation.Linear or Interpolation.Nearest)
            {
                // As MONAI does where torch has no such mode.
                outside = outside switch
                {
                    OutOfBounds.Wrap or OutOfBounds.GridWrap => OutOfBounds.Reflection,
                    OutOfBounds.GridConstant => OutOfBounds.Zeros,
                    _ => outside,
                };
                if (outside == OutOfBounds.Mirror)
                {
                    arguments.Problem("padding_mode", "'mirror' is only for splines (a whole number as mode); use 'reflection'");
                }
            }

            options.Add(new ResampleOptions(modes[index], outside, corners[index] ?? false));
        }

        return new PerKey<ResampleOptions>(options);
    }
}
