using System.Text.Json.Nodes;
using LabelServer.Datasets;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datasets;

public sealed class DataSplitTests
{
    [Fact]
    public void Draw_SameSeed_GivesTheSameDisjointParts()
    {
        var pairs = Enumerable.Range(0, 20).Select(i => new DataPair($"imagesTr/{i:00}.nii.gz", $"labelsTr/{i:00}.nii.gz")).ToArray();

        var one = DataSplit.Draw(pairs, [], 0.2, 0.1, seed: 3);

        Assert.Equal((14, 4, 2), (one.Training.Count, one.Validation.Count, one.Testing.Count));
        Assert.Equal(20, one.Training.Concat(one.Validation).Concat(one.Testing).Distinct().Count());
        Assert.Equal(one.ToJson("set", null), DataSplit.Draw(pairs, [], 0.2, 0.1, seed: 3).ToJson("set", null));
        Assert.NotEqual(one.ToJson("set", null), DataSplit.Draw(pairs, [], 0.2, 0.1, seed: 4).ToJson("set", null));
    }

    [Fact]
    public void Draw_NothingLeftForTraining_IsRefused()
    {
        Assert.Throws<DatasetException>(() => DataSplit.Draw([new("a", "b"), new("c", "d")], [], 0.5, 0.5, 0));
    }

    [Theory]
    [InlineData("imagesTr", "labelsTr", "imagesTr/a.nii.gz", "labelsTr/a.nii.gz")]
    [InlineData("", "labels/final", "a.nii.gz", "labels/final/a.nii.gz")]
    public void Find_BothLayouts_PairImagesWithTheirLabels(string images, string labels, string image, string label)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, images));
        Directory.CreateDirectory(Path.Combine(folder.Path, labels));
        File.WriteAllText(Path.Combine(folder.Path, images, "a.nii.gz"), string.Empty);
        File.WriteAllText(Path.Combine(folder.Path, images, "b.nii.gz"), string.Empty);
        File.WriteAllText(Path.Combine(folder.Path, labels, "a.nii.gz"), string.Empty);

        var (labelled, others) = DataPair.Find(folder.Path);

        Assert.Equal([new DataPair(image, label)], labelled);
        Assert.Null(Assert.Single(others).Label);
    }

    [Fact]
    public void ToJson_Split_IsADecathlonList()
    {
        var json = JsonNode.Parse(new DataSplit([new("imagesTr/a.nii.gz", "labelsTr/a.nii.gz")], [], [new("imagesTs/b.nii.gz", null)]).ToJson("set", new Dictionary<int, string> { [0] = "background", [1] = "liver" }))!;

        Assert.Equal("labelsTr/a.nii.gz", json["training"]![0]!["label"]!.GetValue<string>());
        Assert.Equal("imagesTs/b.nii.gz", json["testing"]![0]!["image"]!.GetValue<string>());
        Assert.Null(json["testing"]![0]!["label"]);
        Assert.Equal("liver", json["labels"]!["1"]!.GetValue<string>());
        Assert.Equal(1, json["numTraining"]!.GetValue<int>());
    }
}
