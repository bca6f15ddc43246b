using LabelServer.Imaging.Intensity;

namespace LabelServer.Inference.Transforms.Intensity;

/// <summary>Reads the arguments of Gaussian filters.</summary>
internal static class SigmaArgument
{
    public static IReadOnlyList<double> Read(TransformArguments arguments, string name, double fallback)
    {
        var sigma = arguments.Get(name, ArgumentKinds.Reals, [fallback]);
        if (sigma.Count is (1 or 3) && sigma.All(s => s is >= 0 and <= 1000))
        {
            return sigma;
        }

        arguments.Problem(name, "expected one or three standard deviations in voxels, 0 to 1000");
        return [fallback];
    }

    public static GaussianApproximation Approximation(TransformArguments arguments) => arguments.Get(
        "approx",
        ArgumentKinds.OneOf(new Dictionary<string, GaussianApproximation>
        {
            ["erf"] = GaussianApproximation.ErrorFunction,
            ["sampled"] = GaussianApproximation.Sampled,
            ["scalespace"] = GaussianApproximation.ScaleSpace,
        }),
        GaussianApproximation.ErrorFunction);
}
