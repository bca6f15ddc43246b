using LabelServer.Datasets;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datasets;

public sealed class MaskMergerTests
{
    private static readonly GridSize Size = new(4, 3, 2);
    private static readonly Dictionary<string, int> Values = new(StringComparer.Ordinal) { ["spleen"] = 1, ["liver"] = 5, ["face"] = 93, ["urinary_bladder"] = 104 };

    [Fact]
    public async Task Merge_OverlappingMasks_TheLaterValueWinsAndVoxelsAreCounted()
    {
        using var folder = new TemporaryFolder();
        await MaskAsync(folder, "s1", "urinary_bladder", [2, 3, 4]);
        await MaskAsync(folder, "s1", "spleen", [0, 1, 2]);
        await MaskAsync(folder, "s1", "liver", [1, 2, 5]);
        await MaskAsync(folder, "s1", "skull", [6]);

        var (labels, result) = await new MaskMerger(Values).MergeAsync(Assert.Single(MaskSubject.Find(folder.Path)), TestContext.Current.CancellationToken);
        using (labels)
        {
            Assert.Equal([1, 5, 104, 104, 104, 5, 0, 0], labels.Samples[..8].ToArray());
        }

        Assert.Equal(new MaskOverlap("spleen", "liver", 2), result.Overlaps[0]);
        Assert.Equal([new MaskOverlap("liver", "urinary_bladder", 1)], result.Overlaps.Skip(1));
        Assert.Equal(["face"], result.Missing);
        Assert.Equal(["skull"], result.Unknown);
        Assert.Equal(3, result.Merged["liver"]);
    }

    [Fact]
    public async Task Merge_MaskOnAnotherGrid_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        await MaskAsync(folder, "s1", "spleen", [0]);
        await MaskAsync(folder, "s1", "liver", [0], Affine.Scaling(-1, 1, 1));

        var error = await Assert.ThrowsAsync<DatasetException>(() => new MaskMerger(Values).MergeAsync(MaskSubject.Find(folder.Path)[0], TestContext.Current.CancellationToken));

        Assert.Contains("liver.nii.gz of s1", error.Message, StringComparison.Ordinal);
        Assert.Contains("one grid", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DataSet_HasTheLayoutOfTheBundlesAndIsNotMadeTwice()
    {
        using var folder = new TemporaryFolder();
        using var target = new TemporaryFolder();
        await MaskAsync(folder, "s1", "spleen", [0]);
        await MaskAsync(folder, "s2", "heart", []);
        await MaskAsync(folder, "s2", "spleen", []);
        await MaskAsync(folder, "s2", null, [1]);
        var output = new StringWriter();
        var writer = new MaskDatasetWriter(target.Path, new MaskMerger(Values), overwrite: false, linkImages: false, output);

        Assert.Equal(2, (await writer.WriteAsync(MaskSubject.Find(folder.Path), TestContext.Current.CancellationToken)).Count);
        Assert.Empty(await new MaskDatasetWriter(target.Path, new MaskMerger(Values), false, false, output).WriteAsync(MaskSubject.Find(folder.Path), TestContext.Current.CancellationToken));

        using var label = await VolumeReader.ReadAsync(Path.Combine(target.Path, "labelsTr", "s1.nii.gz"), null, TestContext.Current.CancellationToken);
        Assert.Equal(SampleType.UInt8, label.SampleType);
        Assert.True(File.Exists(Path.Combine(target.Path, "imagesTr", "s2.nii.gz")));
        Assert.Contains("version 2 of the data set", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(target.Path, "labelsTr"), "*.part"));
    }

    [Fact]
    public void Find_FolderWithoutMasks_SaysWhatIsExpected()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("segmentations", Assert.Throws<DatasetException>(() => MaskSubject.Find(folder.Path)).Message, StringComparison.Ordinal);
    }

    // Without a structure: the image.
    private static async Task MaskAsync(TemporaryFolder folder, string subject, string? structure, int[] voxels, Affine? affine = null)
    {
        var path = structure is null ? Path.Combine(folder.Path, subject, "ct.nii.gz") : Path.Combine(folder.Path, subject, "segmentations", structure + ".nii.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var mask = new Volume<byte>(new VolumeGrid(Size, affine ?? Affine.Identity));
        foreach (var voxel in voxels)
        {
            mask.Samples[voxel] = 1;
        }

        await VolumeWriter.WriteAsync(mask, path, null, TestContext.Current.CancellationToken);
    }
}
