using LabelServer.Bundles.Config;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Transforms;

namespace LabelServer.Inference.Tests.Pipelines;

public sealed class PostprocessingPlanTests
{
    private const string Softmax = """{ "_target_": "Activationsd", "keys": "pred", "softmax": true }""";
    private const string Sigmoid = """{ "_target_": "Activationsd", "keys": "pred", "sigmoid": true }""";
    private const string ArgMax = """{ "_target_": "AsDiscreted", "keys": "pred", "argmax": true }""";
    private const string OneHot = """{ "_target_": "AsDiscreted", "keys": "pred", "argmax": true, "to_onehot": 3 }""";
    private const string Threshold = """{ "_target_": "AsDiscreted", "keys": "pred", "threshold": 0.5 }""";
    private const string Nearest = """{ "_target_": "Invertd", "keys": "pred", "orig_keys": "image", "nearest_interp": true }""";
    private const string Linear = """{ "_target_": "Invertd", "keys": "pred", "orig_keys": "image", "nearest_interp": false }""";
    private const string OtherKey = """{ "_target_": "AsDiscreted", "keys": "label", "argmax": true }""";
    private const string Save = """{ "_target_": "SaveImaged", "keys": "pred" }""";

    public static TheoryData<string[], string, string[]> Chains => new()
    {
        { [Softmax, ArgMax, Nearest, Save], "Labels", ["Invertd", "SaveImaged"] },
        { [ArgMax, Linear], "Labels", ["Invertd"] },
        { [Softmax, Nearest, ArgMax, Save], "Labels", ["Invertd", "SaveImaged"] },
        { [Nearest, Softmax, ArgMax], "Labels", ["Invertd"] },
        { [Softmax, OneHot, Nearest], "Labels", ["AsDiscreted", "Invertd"] },
        { [Softmax, Linear, ArgMax, Save], "InverseOfScores", ["SaveImaged"] },
        { [Linear, Softmax, ArgMax], "InverseOfScores", [] },
        { [Sigmoid, ArgMax], "Scores", ["Activationsd", "AsDiscreted"] },
        { [Sigmoid, Threshold, Nearest], "Scores", ["Activationsd", "AsDiscreted", "Invertd"] },
        { [Softmax, OtherKey], "Scores", ["Activationsd", "AsDiscreted"] },
        { [], "Scores", [] },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void Of_AnyOrder_LeavesWhatTheInfererCannotDo(string[] chain, string kind, string[] left)
    {
        var plan = Plan(chain);

        Assert.Equal(kind, plan.Kind.ToString());
        Assert.Equal(left, plan.Steps.Steps.Select(s => s.Target));
    }

    [Fact]
    public void Of_SoftmaxBeforeALinearInverse_KeepsIt()
    {
        Assert.Equal(["Activationsd"], Plan(Softmax, Linear, ArgMax).ScoreSteps!.Steps.Select(s => s.Target));
        Assert.Empty(Plan(Linear, Softmax, ArgMax).ScoreSteps!.Steps);
    }

    [Fact]
    public void Of_ArgMaxWithOneHot_LeavesTheOneHot()
    {
        var rest = Assert.IsType<AsDiscrete>(Plan(Softmax, OneHot).Steps.Steps[0].Transform);

        Assert.Equal((false, (int?)3), (rest.Argmax[0], rest.ToOneHot[0]));
    }

    private static PostprocessingPlan Plan(params string[] chain)
    {
        var document = ConfigDocument.Parse($$"""{ "post": [{{string.Join(",", chain)}}] }""", ConfigFormat.Json);
        return PostprocessingPlan.Of(TransformRegistry.CreateDefault().Build("test", new ConfigResolver(document).Resolve("post")));
    }
}
