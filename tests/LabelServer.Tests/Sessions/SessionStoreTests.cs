using System.Text;
using LabelServer.Http;
using LabelServer.Sessions;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace LabelServer.Tests.Sessions;

public sealed class SessionStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly SessionOptions _options;

    public SessionStoreTests() => _options = new SessionOptions { Folder = Path.Combine(_folder.Path, "sessions") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ASingleFile_KeepsItsNameAndItsInfoSurvivesARestart()
    {
        var info = await CreateAsync(["a.nii.gz"], expiry: 600);
        Assert.True(Directory.Exists(Path.Combine(_options.Folder, info.Name)));
        Assert.Equal("a.nii.gz", Path.GetFileName(info.Image));
        Assert.Equal((1_700_000_000, 1_700_000_000, 600), (info.Created, info.LastAccess, info.Expiry));
        var again = Store().Use(info.Name);
        Assert.Equal(info.ToString(), again.ToString());
        var file = Assert.Single(Store().Files(info.Name));
        Assert.Equal("a.nii.gz", file.Name);
        await using var content = file.OpenRead();
        Assert.Equal((byte)'a', content.ReadByte());
    }

    [Theory]
    [InlineData(0, 3600)]
    [InlineData(-5, 3600)]
    [InlineData(600, 600)]
    [InlineData(99_999, 3600)]
    public async Task Expiry_IsAtMostWhatTheServerAllows(long asked, long given) => Assert.Equal(given, (await CreateAsync(["a"], expiry: asked)).Expiry);

    [Fact]
    public async Task AnExpiredSession_IsGoneAtOnce()
    {
        var info = await CreateAsync(["a"], expiry: 600);
        _time.Advance(600);
        Assert.NotNull(Store().TryUse(info.Name));
        _time.Advance(601);
        Assert.Throws<SessionNotFoundException>(() => Store().Use(info.Name));
        Assert.Throws<SessionNotFoundException>(() => Store().Files(info.Name));
        Assert.Null(Store().Remove(info.Name));
        Assert.False(Directory.Exists(info.Path));
    }

    [Fact]
    public async Task EachUse_ProlongsTheLife()
    {
        var info = await CreateAsync(["a"], expiry: 600);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(500);
            Assert.Equal(_time.Now.ToUnixTimeSeconds(), Store().Use(info.Name).LastAccess);
        }
    }

    [Fact]
    public async Task SeveralFiles_BecomeOneFolderWithoutLosingAny()
    {
        var info = await CreateAsync(["IM1.dcm", "im1.dcm", "../x.dcm", "CON", "meta.info", ""]);
        Assert.True(Directory.Exists(info.Image));
        Assert.Equal(6, Store().Files(info.Name).Count);
        Assert.Equal(info.Path, Path.GetDirectoryName(info.Image));
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories), f => !f.StartsWith(_options.Folder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("meta.info")]
    [InlineData("nul.nii.gz")]
    [InlineData("a:b.nii.gz")]
    public async Task AnUnsafeName_IsMadeSafe(string name)
    {
        var info = await CreateAsync([name]);
        Assert.NotEqual(name, Path.GetFileName(info.Image));
        Assert.True(File.Exists(info.Image));
        Assert.NotNull(Store().TryUse(info.Name));
    }

    [Theory]
    [InlineData("xyz")]
    [InlineData("..")]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void AnUnknownId_IsNotFound(string id)
    {
        var error = Assert.Throws<SessionNotFoundException>(() => Store().Use(id));
        Assert.Equal($"Session ({id}) Not Found", error.Message);
        Assert.Null(Store().Remove(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"name\":1}")]
    public async Task ACorruptInfo_IsNotFoundAndCleanedLater(string meta)
    {
        var info = await CreateAsync(["a"]);
        File.WriteAllText(Path.Combine(info.Path, SessionStore.MetaFile), meta);
        Assert.Null(Store().TryUse(info.Name));
        _time.Now = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);
        Store().Clean();
        Assert.False(Directory.Exists(info.Path));
    }

    [Fact]
    public async Task AnInfoThatNamesAFileOutside_LeadsNowhere()
    {
        var info = await CreateAsync(["a"]);
        var secret = Path.Combine(_folder.Path, "secret");
        File.WriteAllText(secret, "s");
        var meta = Path.Combine(info.Path, SessionStore.MetaFile);
        File.WriteAllText(meta, File.ReadAllText(meta).Replace(System.Text.Json.JsonSerializer.Serialize(info.Image).Trim('"'), secret, StringComparison.Ordinal));
        Assert.Null(Store().TryUse(info.Name));
    }

    [Fact]
    public async Task Cleaning_RemovesTheExpiredAndLeavesTheRest()
    {
        var old = await CreateAsync(["a"], expiry: 100);
        _time.Advance(200);
        var fresh = await CreateAsync(["a"]);
        Directory.CreateDirectory(Path.Combine(_options.Folder, "somebody-elses"));
        Store().Clean();
        Assert.False(Directory.Exists(old.Path));
        Assert.True(Directory.Exists(fresh.Path));
        Assert.True(Directory.Exists(Path.Combine(_options.Folder, "somebody-elses")));
    }

    [Fact]
    public void SwitchedOff_RefusesEverything()
    {
        _options.Enabled = false;
        Assert.Equal("Session Feature is Not Enabled", Assert.Throws<SessionsDisabledException>(() => Store().Use("x")).Message);
    }

    private SessionStore Store() => new(_options, _time, NullLogger<SessionStore>.Instance);

    private Task<SessionInfo> CreateAsync(string[] names, long expiry = 0)
    {
        var files = new List<UploadedFile>();
        foreach (var name in names)
        {
            var path = Path.Combine(_options.Folder, Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(_options.Folder);
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes("a" + name));
            files.Add(new UploadedFile("files", name.Split('/')[^1], path, 1));
        }

        return Store().CreateAsync(files, unpack: false, expiry, default);
    }
}
