using System.Text.Json;
using LabelServer.ActiveLearning;
using LabelServer.ActiveLearning.Hardest;
using LabelServer.Datastore;
using LabelServer.Testing;

namespace LabelServer.Tests.ActiveLearning;

public sealed class StrategyTests
{
    public static TheoryData<string> GoldenCases => GoldenCase.Names("active_learning", "strategies");

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void FirstLastAndRandom_ChooseAsTheOriginal(string name)
    {
        using var cases = GoldenCase.Require("active_learning", name).ReadJson();
        var compared = 0;
        foreach (var test in cases.RootElement.EnumerateArray())
        {
            var candidates = test.GetProperty("image_info").EnumerateObject()
                .Select(i => new ImageEntry { Id = i.Name, Extension = ".nii.gz", Info = InfoDocument.FromElement(i.Value) })
                .OrderBy(i => i.Id, StringComparer.Ordinal).ToList();
            var strategy = test.GetProperty("strategy").GetString();
            if (candidates.Count == 0 || strategy is not ("first" or "last" or "random"))
                continue;
            compared++;
            if (strategy == "random")
                RequireRandom(test, candidates);
            else
                Assert.Equal(test.GetProperty("result").GetProperty("id").GetString(), Of(strategy).Choose(candidates, test.GetProperty("now").GetInt64()).Image.Id);
        }

        Assert.NotEqual(0, compared);
    }

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void Epistemic_ChoosesAsTheOriginal(string name)
    {
        using var cases = GoldenCase.Require("active_learning", name).ReadJson();
        var compared = 0;
        foreach (var test in cases.RootElement.EnumerateArray().Where(t => t.GetProperty("strategy").GetString() == "epistemic" && t.GetProperty("result").ValueKind == JsonValueKind.Object))
        {
            // The original goes through the images in the order of its index, and so does a tie.
            var candidates = test.GetProperty("image_info").EnumerateObject().Select(i => new ImageEntry { Id = i.Name, Extension = ".nii.gz", Info = InfoDocument.FromElement(i.Value) }).ToList();
            var choice = new EpistemicStrategy("epistemic", string.Empty, "epistemic_entropy").Choose(candidates, test.GetProperty("now").GetInt64());
            var expected = test.GetProperty("result");
            Assert.Equal(expected.GetProperty("id").GetString(), choice.Image.Id);
            Assert.True(choice.Extras.TryGet("epistemic_entropy", out var extra));
            Assert.Equal(expected.GetProperty("epistemic_entropy").GetProperty("score").GetDouble(), extra.GetProperty("score").GetDouble());
            Assert.Equal(expected.GetProperty("epistemic_entropy").GetProperty("ts").GetDouble(), extra.GetProperty("ts").GetDouble());
            compared++;
        }

        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void Epistemic_AnImageWithoutAScore_CountsAsCertain_AndTheFirstOfEqualsWins()
    {
        ImageEntry Scored(string id, string info) => new() { Id = id, Extension = ".nii", Info = InfoDocument.Parse(info, "test") };
        var strategy = new EpistemicStrategy("m_epistemic", string.Empty, "epistemic_entropy");
        Assert.Equal("b", strategy.Choose([Scored("a", "{}"), Scored("b", """{"epistemic_entropy":0.1}"""), Scored("c", """{"epistemic_entropy":"x"}""")], 1_700_000_000).Image.Id);
        Assert.Equal("a", strategy.Choose([Scored("a", "{}"), Scored("b", """{"epistemic_entropy":0}""")], 1_700_000_000).Image.Id);
    }

    [Fact]
    public void Hardest_OrdersImagesWithoutAPredictionByOneEntropy_NotByTwoOfDifferentSizes()
    {
        ImageEntry Scored(string id, string info) => new() { Id = id, Extension = ".nii", Info = InfoDocument.Parse(info, "test") };
        List<ImageEntry> candidates = [Scored("a", """{"epistemic_entropy":0.1}"""), Scored("b", """{"epistemic_entropy":0.2,"tta_entropy":0.7}"""), Scored("c", """{"tta_entropy":0.9}""")];
        Assert.Equal("b", new HardestStrategy().Choose(candidates, 100).Image.Id);
        Assert.Equal("c", new HardestStrategy().Choose([.. candidates.Skip(1), Scored("d", """{"tta_entropy":0.8}""")], 100).Image.Id);
        Assert.Equal("d", new HardestStrategy().Choose([.. candidates, Scored("d", """{"predicted_dice":0.99}""")], 100).Image.Id);
    }

    [Fact]
    public void AllWeightsZero_ChoosesEvenlyAmongAll()
    {
        List<ImageEntry> candidates = [Served("a", 100), Served("b", 100), Served("c", 100)];
        Assert.Equal("a", new RandomStrategy(() => 0).Choose(candidates, 100).Image.Id);
        Assert.Equal("b", new RandomStrategy(() => 0.5).Choose(candidates, 100).Image.Id);
        var last = new RandomStrategy(() => 0.999999).Choose(candidates, 100);
        Assert.Equal("c", last.Image.Id);
        Assert.Equal("""{"weight":0}""", last.Extras.ToString());
    }

    [Fact]
    public void TheWeight_IsThatOfTheChosenImage()
    {
        List<ImageEntry> candidates = [Served("a", 90), Served("b", 40)];
        Assert.Equal("""{"weight":10}""", new RandomStrategy(() => 0.1).Choose(candidates, 100).Extras.ToString());
        Assert.Equal("""{"weight":60}""", new RandomStrategy(() => 0.9).Choose(candidates, 100).Extras.ToString());
    }

    [Fact]
    public void AnImageServedInTheFuture_CountsAsServedNow()
    {
        List<ImageEntry> candidates = [Served("a", 900), Served("b", 40)];
        Assert.Equal("b", new RandomStrategy(() => 0).Choose(candidates, 100).Image.Id);
    }

    [Theory]
    [InlineData("""{"strategy":5}""")]
    [InlineData("""{"strategy":{"random":7}}""")]
    [InlineData("""{"strategy":{"random":{"ts":"x"}}}""")]
    public void AnInfoOfAnotherForm_CountsAsNeverServed(string info)
    {
        var image = new ImageEntry { Id = "a", Extension = ".nii", Info = InfoDocument.Parse(info, "test") };
        Assert.Equal("""{"weight":100}""", new RandomStrategy(() => 0.5).Choose([image], 100).Extras.ToString());
        Assert.Contains("\"first\":{\"ts\":7,\"client_id\":\"me\"}", ServedTimes.Note(image.Info, "first", 7, "me").ToString(), StringComparison.Ordinal);
    }

    private static void RequireRandom(JsonElement test, List<ImageEntry> candidates)
    {
        var now = test.GetProperty("now").GetInt64();
        var weights = test.GetProperty("image_info").EnumerateObject().Select(i => i.Name)
            .Zip(test.GetProperty("weights").EnumerateArray().Select(w => w.GetDouble())).ToDictionary(p => p.First, p => p.Second);
        var total = weights.Values.Sum();
        if (total <= 0)
            return;

        // Draws spread evenly over the range meet each image in the share of its weight, and each answers its own weight.
        const int draws = 10_000;
        var counts = candidates.ToDictionary(c => c.Id, _ => 0);
        for (var i = 0; i < draws; i++)
        {
            var choice = new RandomStrategy(() => (i + 0.5) / draws).Choose(candidates, now);
            counts[choice.Image.Id]++;
            Assert.Equal(weights[choice.Image.Id], choice.Extras.Members[0].Value.GetDouble());
        }

        foreach (var (id, weight) in weights)
            Assert.Equal(weight / total, (double)counts[id] / draws, 0.001);
    }

    private static IStrategy Of(string name) => name == "first" ? new FirstStrategy() : new LastStrategy();

    private static ImageEntry Served(string id, long time) =>
        new() { Id = id, Extension = ".nii.gz", Info = ServedTimes.Note(InfoDocument.Empty, "random", time, "me") };
}
