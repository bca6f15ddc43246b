using System.Formats.Tar;
using System.IO.Compression;
using LabelServer.Sessions;
using LabelServer.Tests.Doubles;

namespace LabelServer.Tests.Sessions;

public sealed class SessionArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SessionOptions _options = new();

    private string Target => Path.Combine(_folder.Path, "target");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar")]
    [InlineData("x.tar.gz")]
    [InlineData("x.TGZ")]
    public async Task AnArchive_IsUnpackedWithItsFolders(string name)
    {
        await UnpackAsync(name, ("series/IM1", "one"), ("series/deep/IM2", "two"), ("IM3", "three"));
        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "series", "IM1")));
        Assert.Equal("two", File.ReadAllText(Path.Combine(Target, "series", "deep", "IM2")));
        Assert.Equal("three", File.ReadAllText(Path.Combine(Target, "IM3")));
    }

    [Theory]
    [InlineData("x.zip", "../evil")]
    [InlineData("x.zip", "a/../../evil")]
    [InlineData("x.zip", "/evil")]
    [InlineData("x.zip", "..\\evil")]
    [InlineData("x.tar", "../evil")]
    [InlineData("x.tar.gz", "/tmp/evil")]
    public async Task ANameThatLeadsOutside_IsRefusedByName(string archive, string entry)
    {
        var error = await Assert.ThrowsAsync<SessionArchiveException>(() => UnpackAsync(archive, (entry, "evil")));
        Assert.Contains(entry, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "evil", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task ALink_IsRefused(TarEntryType type)
    {
        var path = Path.Combine(_folder.Path, "x.tar");
        await using (var writer = new TarWriter(File.Create(path)))
            await writer.WriteEntryAsync(new PaxTarEntry(type, "link") { LinkName = "/etc/passwd" });
        await Assert.ThrowsAsync<SessionArchiveException>(() => new SessionArchive(_options).UnpackAsync(path, "x.tar", Target, default));
    }

    [Fact]
    public async Task TooManyFiles_AreRefused()
    {
        _options.UnpackedFileLimit = 2;
        await Assert.ThrowsAsync<SessionArchiveException>(() => UnpackAsync("x.zip", ("a", "1"), ("b", "2"), ("c", "3")));
    }

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar.gz")]
    public async Task MoreBytesThanAllowed_AreRefusedWhileUnpacking(string name)
    {
        _options.UnpackedByteLimit = 1000;
        var error = await Assert.ThrowsAsync<SessionArchiveException>(() => UnpackAsync(name, ("a", new string('x', 5000))));
        Assert.Contains("more than 1000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnArchiveBomb_IsStoppedByItsRatio()
    {
        var path = Path.Combine(_folder.Path, "x.zip");
        using (var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            using var content = zip.CreateEntry("zeros", CompressionLevel.Optimal).Open();
            var block = new byte[1 << 20];
            for (var i = 0; i < 80; i++)
                content.Write(block);
        }

        var error = await Assert.ThrowsAsync<SessionArchiveException>(() => new SessionArchive(_options).UnpackAsync(path, "x.zip", Target, default));
        Assert.Contains("200 times its size", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar.gz")]
    public async Task Garbage_IsRefused(string name)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, "garbage that is no archive at all");
        await Assert.ThrowsAsync<SessionArchiveException>(() => new SessionArchive(_options).UnpackAsync(path, name, Target, default));
    }

    private async Task UnpackAsync(string name, params (string Name, string Content)[] entries)
    {
        var path = Path.Combine(_folder.Path, name);
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
            foreach (var (entry, content) in entries)
            {
                await using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
                await writer.WriteAsync(content);
            }
        }
        else
        {
            await using Stream file = name.EndsWith(".tar", StringComparison.Ordinal) ? File.Create(path) : new GZipStream(File.Create(path), CompressionLevel.Fastest);
            await using var tar = new TarWriter(file);
            foreach (var (entry, content) in entries)
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, entry) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)) });
        }

        await new SessionArchive(_options).UnpackAsync(path, name, Target, default);
    }
}
