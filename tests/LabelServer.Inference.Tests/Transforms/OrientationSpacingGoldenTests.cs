using System.Globalization;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Transforms;
using LabelServer.Testing;

namespace LabelServer.Inference.Tests.Transforms;

public sealed class OrientationSpacingGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names("orientation_spacing");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_GoldenCase_MatchesMonai(string name)
    {
        var golden = GoldenCase.Require("orientation_spacing", name);
        var tensors = golden.ReadTensors();
        var registry = TransformRegistry.CreateDefault();
        var context = new TransformContext(maxParallelism: 2, cancellationToken: TestContext.Current.CancellationToken);
        var orientation = GoldenTransforms.Component("Orientationd", ("keys", new ConfigValue.Text("image")), ("axcodes", new ConfigValue.Text("RAS")));

        using (var sample = new Sample())
        {
            sample.Add("image", GoldenTransforms.Volume(tensors, "image", "affine"));
            registry.Build("golden", orientation).Apply(sample, context);
            GoldenTransforms.AssertSameShape(tensors.ShapeOf("oriented"), sample["image"]);
            GoldenTransforms.AssertSameAffine(tensors.Doubles("oriented_affine"), sample["image"].Grid.Affine);
            GoldenTransforms.AssertClose(tensors.Doubles("oriented"), GoldenTransforms.RowMajor(sample["image"], context), 0);
        }

        foreach (var tensor in tensors.Names.Where(n => n.StartsWith("spaced_", StringComparison.Ordinal) && !n.EndsWith("_affine", StringComparison.Ordinal)))
        {
            var parts = tensor.Split('_');
            var spacing = parts[2..].Select(p => (ConfigValue)new ConfigValue.Real(double.Parse(p, CultureInfo.InvariantCulture)));
            using var sample = new Sample();
            sample.Add("image", GoldenTransforms.Volume(tensors, "image", "affine"));
            registry.Build("golden", new ConfigValue.List(
            [
                orientation,
                GoldenTransforms.Component(
                    "Spacingd", ("keys", new ConfigValue.Text("image")), ("pixdim", new ConfigValue.List([.. spacing])), ("mode", new ConfigValue.Text(parts[1]))),
            ])).Apply(sample, context);

            var expected = tensors.Doubles(tensor);
            GoldenTransforms.AssertSameShape(tensors.ShapeOf(tensor), sample["image"]);
            GoldenTransforms.AssertSameAffine(tensors.Doubles(tensor + "_affine"), sample["image"].Grid.Affine);
            var found = GoldenTransforms.RowMajor(sample["image"], context);
            if (parts[1] == "nearest")
            {
                GoldenTransforms.AssertMostlyEqual(expected, found);
            }
            else
            {
                GoldenTransforms.AssertClose(expected, found, 1e-3 * GoldenTransforms.Range(expected));
            }
        }
    }
}
