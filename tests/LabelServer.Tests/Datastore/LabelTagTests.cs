using LabelServer.Datastore;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Datastore;

public sealed class LabelTagTests
{
    [Theory]
    [InlineData("../evil")]
    [InlineData("..")]
    [InlineData("/tmp/x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("my label")]
    [InlineData("ü")]
    [InlineData(".hidden")]
    [InlineData("trailing.")]
    [InlineData("CON")]
    [InlineData("nul.x")]
    [InlineData("a:b")]
    [InlineData("x\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task OutsideTheAlphabet_IsRefusedAndTouchesNothing(string tag)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var error = await Assert.ThrowsAsync<InvalidNameException>(() => test.SaveLabelAsync("x", tag: tag));
        Assert.Contains("is not acceptable", error.Message, StringComparison.Ordinal);
        Assert.Equal(["final", "original"], Directory.GetDirectories(test.FileAt("labels")).Select(d => Path.GetFileName(d)!).Order());
        Assert.Equal([test.Path], Directory.GetFileSystemEntries(test.Outside));
    }

    [Theory]
    [InlineData("final")]
    [InlineData("version_1")]
    [InlineData("a.b-c_D9")]
    [InlineData("2")]
    public async Task InTheAlphabet_IsTheNameOfAFolder(string tag)
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        await test.SaveLabelAsync("x", tag: tag);
        Assert.True(File.Exists(test.FileAt("labels", tag, "x.nii.gz")));
    }

    [Fact]
    public async Task OnlyTheCaseDiffers_IsRefused()
    {
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var error = await Assert.ThrowsAsync<InvalidNameException>(() => test.SaveLabelAsync("x", tag: "Final"));
        Assert.Contains("only in upper and lower case", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatIsALinkToOutside_IsNotWrittenThrough()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using var test = new TestStore();
        await test.AddImageAsync("x");
        var outside = Directory.CreateDirectory(Path.Combine(test.Outside, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(test.FileAt("labels", "evil"), outside);
        await Assert.ThrowsAsync<InvalidNameException>(() => test.SaveLabelAsync("x", tag: "evil"));
        Assert.Empty(Directory.GetFiles(outside));
    }
}
