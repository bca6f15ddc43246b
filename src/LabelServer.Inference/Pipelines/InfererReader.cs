using LabelServer.Bundles.Config;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Pipelines;

/// <summary>Reads a bundle's <c>inferer</c>: <c>SlidingWindowInferer</c> or <c>SimpleInferer</c>.</summary>
internal static class InfererReader
{
    // Where the reference keeps what, how it reports, how it saves memory: here the plan decides that.
    private static readonly string[] WithoutEffect = ["sw_device", "device", "progress", "cache_roi_weight_map", "cpu_thresh", "buffer_steps", "buffer_dim"];

    private static readonly Dictionary<string, BlendMode> Modes = new(StringComparer.Ordinal) { ["constant"] = BlendMode.Constant, ["gaussian"] = BlendMode.Gaussian };

    private static readonly Dictionary<string, WindowPadding> Paddings = new(StringComparer.Ordinal)
    {
        ["constant"] = WindowPadding.Constant,
        ["reflect"] = WindowPadding.Reflect,
        ["replicate"] = WindowPadding.Replicate,
        ["circular"] = WindowPadding.Circular,
    };

    /// <summary>The options that the inferer stands for.</summary>
    /// <exception cref="BundleUnsupportedException">It is another inferer, or an argument is not supported.</exception>
    public static SlidingWindowOptions Read(string bundle, ConfigValue value, int spatialDims)
    {
        if (value is not ConfigValue.Component component)
        {
            throw new BundleUnsupportedException($"The bundle '{bundle}' has an 'inferer' that is no component.");
        }

        switch (component.Target.Split('.')[^1])
        {
            case "SimpleInferer":
                return SlidingWindowOptions.WholeImage(spatialDims);
            case "SlidingWindowInferer" or "SlidingWindowInfererAdapt":
                var options = new SlidingWindowOptions { RoiSize = [-1], SpatialDims = spatialDims };
                foreach (var (name, argument) in component.Arguments)
                {
                    options = Apply(bundle, component, options, name, argument);
                }

                return options;
            default:
                throw new BundleUnsupportedException($"The bundle '{bundle}' has the inferer {component.Target} ('{component.Id}'); supported: SlidingWindowInferer, SimpleInferer.");
        }
    }

    private static SlidingWindowOptions Apply(string bundle, ConfigValue.Component component, SlidingWindowOptions options, string name, ConfigValue value)
    {
        switch (name)
        {
            case "roi_size" when ArgumentKinds.Integers.TryParse(value, out var roi):
                return options with { RoiSize = roi };
            case "sw_batch_size" when ArgumentKinds.Integer.TryParse(value, out var batch):
                return options with { BatchSize = batch };
            case "overlap" when ArgumentKinds.Reals.TryParse(value, out var overlap):
                return options with { Overlap = overlap };
            case "mode" when value is ConfigValue.Text mode && Modes.TryGetValue(mode.Value, out var blend):
                return options with { Mode = blend };
            case "sigma_scale" when ArgumentKinds.Reals.TryParse(value, out var sigma):
                return options with { SigmaScale = sigma };
            case "padding_mode" when value is ConfigValue.Text padding && Paddings.TryGetValue(padding.Value, out var kind):
                return options with { Padding = kind };
            case "cval" when ArgumentKinds.Real.TryParse(value, out var cval):
                return options with { PadValue = (float)cval };
            case "with_coord" when value is ConfigValue.Boolean { Value: false }:
            case "roi_weight_map" when value is ConfigValue.Null:
                return options;
            default:
                return WithoutEffect.Contains(name) ? options : throw new BundleUnsupportedException(
                    $"The bundle '{bundle}' has '{component.Id}#{name}' = {TransformArguments.Describe(value)}, which {component.Target} does not support here.");
        }
    }
}
