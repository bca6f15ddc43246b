using LabelServer.Security;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Tests.Security;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1:8000", null)]
    [InlineData("localhost:8000", null)]
    [InlineData("viewer.localhost", null)]
    [InlineData("[::1]:8000", null)]
    [InlineData("127.8.9.10", null)]
    [InlineData("", null)]
    [InlineData("127.0.0.1:8000", "http://127.0.0.1:8000")]
    [InlineData("localhost:8000", "http://LOCALHOST:8000")]
    public void Loopback_OwnNames_AreServed(string host, string? origin) => Assert.Null(Policy().Refusal("http", new HostString(host), origin));

    [Theory]
    [InlineData("evil.example:8000", null)]
    [InlineData("localhost.evil.example", null)]
    [InlineData("127.0.0.1.evil.example", null)]
    [InlineData("192.168.1.7:8000", null)]
    [InlineData("127.0.0.1:8000", "http://evil.example")]
    [InlineData("127.0.0.1:8000", "null")]
    [InlineData("127.0.0.1:8000", "http://127.0.0.1:9000")]
    [InlineData("127.0.0.1:8000", "https://127.0.0.1:8000")]
    [InlineData("evil.example:8000", "http://evil.example:8000")]
    [InlineData("127.0.0.1:8000", "http://localhost:8000")]
    public void Loopback_ForeignNames_AreRefused(string host, string? origin) => Assert.NotNull(Policy().Refusal("http", new HostString(host), origin));

    [Theory]
    [InlineData("https://viewer.example:3000")]
    [InlineData("https://viewer.example:3000/")]
    public void ListedOrigin_WithOrWithoutSlash_IsServed(string listed)
        => Assert.Null(Policy(origins: [listed]).Refusal("http", new HostString("127.0.0.1"), "https://viewer.example:3000"));

    [Fact]
    public void AllowedHost_ServesItAndItsOwnPages()
    {
        var policy = Policy(hosts: ["gpu-server"]);
        Assert.Null(policy.Refusal("http", new HostString("GPU-server:8000"), "http://gpu-server:8000"));
        Assert.NotNull(policy.Refusal("http", new HostString("other:8000"), null));
    }

    [Fact]
    public void OpenServer_TakesAnyHostButNoPageOfAMadeUpName()
    {
        var policy = Policy(loopback: false);
        Assert.Null(policy.Refusal("http", new HostString("gpu-server:8000"), null));
        Assert.NotNull(policy.Refusal("http", new HostString("evil.example:8000"), "http://evil.example:8000"));
        Assert.Null(policy.Refusal("http", new HostString("10.1.2.3:8000"), "http://10.1.2.3:8000"));
    }

    [Fact]
    public void Star_ForOriginsAndHosts_TakesAll() => Assert.Null(Policy(origins: ["*"], hosts: ["*"]).Refusal("http", new HostString("x.example"), "http://y.example"));

    private static OriginPolicy Policy(string[]? origins = null, string[]? hosts = null, bool loopback = true) => new(origins ?? [], hosts ?? [], loopback);
}
