using LabelServer.Bundles.Config;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Evaluation;

namespace LabelServer.Learning.Tests.Evaluation;

public sealed class EvaluationChainTests
{
    private const string Softmax = """{ "_target_": "Activationsd", "keys": "pred", "softmax": true }""";
    private const string OneHot = """{ "_target_": "AsDiscreted", "keys": ["pred", "label"], "argmax": [true, false], "to_onehot": 105 }""";

    [Fact]
    public void Of_TheWholeBodyEvaluation_NeedsNoVolumePerClass()
    {
        var chain = Arrange(Softmax, Inverse("true"), OneHot);

        Assert.Equal(PostprocessingKind.Labels, chain.Kind);
        Assert.Equal(105, chain.Classes);
        Assert.Equal([typeof(Invert), typeof(AsDiscrete)], chain.Steps.Steps.Select(s => s.Transform.GetType()));
        var discrete = (AsDiscrete)chain.Steps.Steps[1].Transform;
        Assert.False(discrete.Argmax[0]);
        Assert.Null(discrete.ToOneHot[0]);
        Assert.Null(discrete.ToOneHot[1]);
    }

    [Fact]
    public void Of_LinearInverseBeforeTheArgMax_InvertsScoresAndLabelsEachInTheirWay()
    {
        var chain = Arrange(Softmax, Inverse("[false, true]"), OneHot);

        Assert.Equal(PostprocessingKind.InverseOfScores, chain.Kind);
        Assert.Equal(["pred"], chain.Inverse!.Keys.Names);
        Assert.Equal(["label"], ((Invert)chain.Steps.Steps[0].Transform).Keys.Names);
    }

    [Fact]
    public void Of_StepThatSeesTheChannels_KeepsTheOneHotForm()
    {
        var chain = Arrange(OneHot, """{ "_target_": "KeepLargestConnectedComponentd", "keys": "pred" }""");

        Assert.Null(chain.Classes);
        Assert.Equal(105, ((AsDiscrete)chain.Steps.Steps[0].Transform).ToOneHot[0]);
    }

    [Fact]
    public void Of_Threshold_KeepsTheScores()
    {
        var chain = Arrange("""{ "_target_": "Activationsd", "keys": "pred", "sigmoid": true }""", """{ "_target_": "AsDiscreted", "keys": "pred", "threshold": 0.5 }""");

        Assert.Equal(PostprocessingKind.Scores, chain.Kind);
        Assert.Equal(2, chain.Steps.Steps.Count);
    }

    private static string Inverse(string nearest) =>
        $$"""{ "_target_": "Invertd", "keys": ["pred", "label"], "transform": "x", "orig_keys": "image", "nearest_interp": {{nearest}}, "to_tensor": true }""";

    private static EvaluationChain Arrange(params string[] steps)
    {
        var config = new ConfigResolver(ConfigDocument.Parse($$"""{ "chain": { "_target_": "Compose", "transforms": [{{string.Join(",", steps)}}] } }""", ConfigFormat.Json));
        return EvaluationChain.Of(TransformRegistry.CreateDefault().Build("test", config.Resolve("chain")));
    }
}
