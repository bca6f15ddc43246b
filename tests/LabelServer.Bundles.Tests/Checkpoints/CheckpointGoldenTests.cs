using LabelServer.Bundles.Checkpoints;
using LabelServer.Testing;

namespace LabelServer.Bundles.Tests.Checkpoints;

/// <summary>Every file of weights among the reference networks and the real models.</summary>
public sealed class CheckpointGoldenTests
{
    private static readonly string[] Extensions = [".pt", ".pth", ".ts", ".safetensors"];

    public static TheoryData<string> Networks() => Files(SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, "networks"), f => Path.GetExtension(f) is ".pt" or ".ts");

    public static TheoryData<string> Models() => Files(SharedFolders.Data is null ? null : Path.Combine(SharedFolders.Data, "models"), f => Extensions.Contains(Path.GetExtension(f)));

    /// <summary>A case's <c>weight.*</c> tensors, or <c>output</c> and <c>input</c> only: then the names and sizes must still be whole.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Read_ReferenceNetwork_HasTheWeightsThatTorchSaved(string name)
    {
        var path = Require(SharedFolders.Golden, "networks", name);
        using var checkpoint = Checkpoint.Read(path);
        Assert.NotEmpty(checkpoint.Tensors);
        Assert.All(checkpoint.Tensors, t => Assert.All(t.ToSingles(), v => Assert.True(float.IsFinite(v))));
        var reference = SafetensorsFile.Read(Path.Combine(Path.GetDirectoryName(path)!, name.Split('.')[0] + ".safetensors"));
        var expected = reference.Names.Where(n => n.StartsWith("weight.", StringComparison.Ordinal)).ToList();
        if (expected.Count == 0)
        {
            return;
        }

        Assert.Equal(expected.Select(n => n["weight.".Length..]).Order(StringComparer.Ordinal), checkpoint.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach (var full in expected)
        {
            var tensor = checkpoint.Find(full["weight.".Length..])!;
            Assert.Equal(reference.ShapeOf(full).Select(s => (long)s), tensor.Shape);
            var values = tensor.ToSingles();
            var same = reference.Floats(full);
            for (var i = 0; i < values.Length; i++)
            {
                // A half keeps 11 bits: the reference is rounded the same way before it is compared.
                Assert.Equal(tensor.Type == CheckpointDataType.Float16 ? (float)(Half)same[i] : same[i], values[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Read_RealModel_GivesFiniteWeightsOfTheStatedSize(string name)
    {
        var path = Require(SharedFolders.Data, "models", name);
        using var checkpoint = Checkpoint.Read(path);
        Assert.NotEmpty(checkpoint.Tensors);
        var bytes = 0L;
        foreach (var tensor in checkpoint.Tensors)
        {
            Assert.Equal(tensor.Count, tensor.Shape.Aggregate(1L, (product, size) => product * size));
            Assert.All(tensor.ToSingles(), v => Assert.True(float.IsFinite(v)));
            bytes += tensor.Bytes;
        }

        // Weights make up most of such a file; a TorchScript archive also has the code.
        Assert.InRange(bytes, new FileInfo(path).Length / 2, new FileInfo(path).Length);
    }

    private static string Require(string? root, string area, string name)
    {
        Assert.SkipWhen(name.Length == 0, $"No shared folder with {area}: set LABELSERVER_GOLDEN and LABELSERVER_DATA.");
        return Path.Combine(root!, area, name);
    }

    private static TheoryData<string> Files(string? folder, Func<string, bool> isMine)
    {
        var data = new TheoryData<string>();
        if (folder is not null && Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(isMine).Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetRelativePath(folder, file));
            }
        }

        if (data.Count == 0)
        {
            data.Add(string.Empty);
        }

        return data;
    }
}
