using LabelServer.Bundles.Config;
using LabelServer.Inference.Transforms;
using LabelServer.Inference.Transforms.Cropping;
using LabelServer.Inference.Transforms.Spatial;

namespace LabelServer.Inference.Tests.Transforms;

public sealed class TransformRegistryTests
{
    private static readonly TransformRegistry Registry = TransformRegistry.CreateDefault();
    private static readonly ConfigValue Image = new ConfigValue.Text("image");

    [Theory]
    [InlineData("Flipd")]
    [InlineData("FlipD")]
    [InlineData("FlipDict")]
    [InlineData("monai.transforms.Flipd")]
    [InlineData("monai.transforms.spatial.dictionary.Flipd")]
    public void Build_EachSpellingOfTheName_GivesTheTransform(string target)
    {
        var chain = Registry.Build("b", GoldenTransforms.Component(target, ("keys", Image), ("spatial_axis", new ConfigValue.Integer(0))));
        var step = Assert.Single(chain.Steps);
        Assert.Equal(["image"], Assert.IsType<Flip>(step.Transform).Keys.Names!);
    }

    [Fact]
    public void Build_ArrayForm_ChangesEveryItem()
    {
        var step = Assert.Single(Registry.Build("b", GoldenTransforms.Component("SpatialPad", ("spatial_size", new ConfigValue.Integer(9)))).Steps);
        Assert.Null(Assert.IsType<SpatialPad>(step.Transform).Keys.Names);
    }

    [Fact]
    public void Build_NestedCompose_IsTakenApartInOrder()
    {
        ConfigValue flip = GoldenTransforms.Component("Flipd", ("keys", Image)), identity = GoldenTransforms.Component("Identityd", ("keys", Image));
        ConfigValue inner = GoldenTransforms.Component("monai.transforms.Compose", ("transforms", new ConfigValue.List([identity, flip])));
        var chain = Registry.Build("b", new ConfigValue.List([flip, inner]));
        Assert.Equal(["Flipd", "Identityd", "Flipd"], chain.Steps.Select(s => s.Target));
    }

    [Fact]
    public void Build_SeveralMistakes_ListsAllOfThemByName()
    {
        var chain = new ConfigValue.List(
        [
            new ConfigValue.Component("pre#transforms#0", "RandWarpd", [new("keys", Image)]),
            new ConfigValue.Component("pre#transforms#1", "Orientationd", [new("keys", Image), new("axcodes", new ConfigValue.Text("RAX")), new("axcode", Image)]),
            new ConfigValue.Component("pre#transforms#2", "Spacingd", [new("keys", Image), new("pixdim", new ConfigValue.Text("fine")), new("mode", new ConfigValue.List([Image, Image]))]),
            new ConfigValue.Component("pre#transforms#3", "scripts.Orientationd", [new("keys", Image)]),
            new ConfigValue.Component("pre#transforms#4", "Lambdad", [new("keys", Image), new("func", new ConfigValue.Symbol("lambda", "lambda x: x"))]),
            new ConfigValue.Component("pre#transforms#5", "Flipd", []),
        ]);
        var exception = Assert.Throws<TransformConfigException>(() => Registry.Build("spleen", chain));
        Assert.Equal(
        [
            "spleen: pre#transforms#0 (RandWarpd): this transform is not supported",
            "spleen: pre#transforms#1 (Orientationd), argument 'axcodes': 'RAX' are no axis codes; expected three of L/R, P/A, I/S, each pair once, such as 'RAS'",
            "spleen: pre#transforms#1 (Orientationd), argument 'axcode': is not known to this transform (value 'image')",
            "spleen: pre#transforms#2 (Spacingd), argument 'pixdim': expected a number or a list of such, found 'fine'",
            "spleen: pre#transforms#2 (Spacingd), argument 'mode': has 2 values for 1 keys",
            "spleen: pre#transforms#3 (scripts.Orientationd): this transform is not supported",
            "spleen: pre#transforms#4 (Lambdad), argument 'func': functions of a bundle are never run; write the step with a transform that exists",
            "spleen: pre#transforms#5 (Flipd), argument 'keys': is missing; expected text or a list of such",
        ], exception.Problems.Select(p => p.ToString()));
        Assert.All(exception.Problems, p => Assert.Contains(p.ToString(), exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Build_OneArgumentPerKey_GoesToItsKey()
    {
        var keys = new ConfigValue.List([Image, new ConfigValue.Text("label")]);
        var modes = new ConfigValue.List([new ConfigValue.Text("bilinear"), new ConfigValue.Text("nearest")]);
        var step = Assert.Single(Registry.Build("b", GoldenTransforms.Component("Spacingd", ("keys", keys), ("pixdim", new ConfigValue.Real(1.5)), ("mode", modes))).Steps);
        var spacing = Assert.IsType<Spacing>(step.Transform);
        Assert.Equal(Imaging.Resampling.Interpolation.Linear, spacing.Options[0].Interpolation);
        Assert.Equal(Imaging.Resampling.Interpolation.Nearest, spacing.Options[1].Interpolation);
    }

    [Theory]
    [InlineData("lambda x: x > -500", true)]
    [InlineData("lambda img : img>=1e-3", true)]
    [InlineData("monai.transforms.utils.is_positive", true)]
    [InlineData("lambda x: __import__('os').system('true')", false)]
    [InlineData("lambda x: y > 0", false)]
    public void Build_SelectFunction_IsMatchedAndNeverRun(string function, bool accepted)
    {
        var (_, problems) = Registry.TryBuild(
            "b", GoldenTransforms.Component("CropForegroundd", ("keys", Image), ("source_key", Image), ("select_fn", new ConfigValue.Symbol("lambda", function))));
        Assert.Equal(accepted, problems.Count == 0);
    }

    [Fact]
    public void Register_NameThatIsTaken_IsRefused() => Assert.Throws<ArgumentException>(() => TransformRegistry.CreateDefault().Register("Flip", _ => new Identity()));
}
