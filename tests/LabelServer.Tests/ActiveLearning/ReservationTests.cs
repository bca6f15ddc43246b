using System.Text;
using LabelServer.ActiveLearning.Leases;
using LabelServer.Annotators;
using LabelServer.Hosting;
using LabelServer.Tests.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.ActiveLearning;

public sealed class ReservationTests
{
    [Fact]
    public async Task ANextSample_IsReserved_AndAskingAgainGivesAnotherImage()
    {
        await using var server = await StartAsync(3);
        Assert.Equal("image0", await NextAsync(server, "ann"));
        Assert.Equal("image1", await NextAsync(server, "ben"));
        Assert.Equal("image2", await NextAsync(server, "ann"));

        // Nothing but others' images is left for ben; ann goes round through hers.
        Assert.Equal("image1", await NextAsync(server, "ben"));
        Assert.Null(await NextAsync(server, "cem"));
        server.Time.Advance(1);
        Assert.Equal("image0", await NextAsync(server, "ann"));
        server.Time.Advance(1);
        Assert.Equal("image2", await NextAsync(server, "ann"));
    }

    [Fact]
    public async Task AReservation_LapsesUnlessItIsUsed()
    {
        await using var server = await StartAsync(2);
        Assert.Equal("image0", await NextAsync(server, "ann"));
        Assert.Equal("image1", await NextAsync(server, "ben"));
        server.Time.Advance(3000);
        using (var download = await server.Client.GetAsync("/datastore/image?image=image0", TestContext.Current.CancellationToken))
            download.EnsureSuccessStatusCode();
        server.Time.Advance(1000);

        // An hour after its start ben's has lapsed; the download, which can name nobody, came from ann's address.
        Assert.Equal("image1", await NextAsync(server, "cem"));
        Assert.Null(await NextAsync(server, "dora"));
        server.Time.Advance(3001);
        Assert.Equal("image0", await NextAsync(server, "dora"));
    }

    [Fact]
    public async Task ASubmit_GivesTheImageBack_AndNothingLeftIsAnEmptyAnswer()
    {
        await using var server = await StartAsync(1);
        Assert.Equal("image0", await NextAsync(server, "ann"));
        await SubmitAsync(server, "image0", "ann");
        Assert.Null(await NextAsync(server, "ann"));
        Assert.Null(await NextAsync(server, "ben"));
        await server.SendAsync(HttpMethod.Delete, "/datastore/label?id=image0&tag=final");
        Assert.Equal("image0", await NextAsync(server, "ben"));
    }

    [Fact]
    public async Task SeveralReaders_EachGetEveryImageOnce_WhenTheSettingAsksForIt()
    {
        await using var server = await StartAsync(1, ("readers_per_image", "2"));
        Assert.Equal("image0", await NextAsync(server, "ann"));
        Assert.Equal("image0", await NextAsync(server, "ben"));
        Assert.Null(await NextAsync(server, "cem"));
        await SubmitAsync(server, "image0", "ann");
        Assert.Null(await NextAsync(server, "ann"));
        await SubmitAsync(server, "image0", "ben");
        Assert.Null(await NextAsync(server, "cem"));
        var (_, versions) = await server.SendAsync(HttpMethod.Get, "/datastore/label/versions?label=image0");
        Assert.Equal(["ann@127.0.0.1", "ben@127.0.0.1"], versions!.AsArray().Select(v => (string)v!["by"]!).Order());
    }

    [Fact]
    public async Task ManyRequestsAtTheSameMoment_NeverGetTheSameImage()
    {
        await using var server = await StartAsync(12);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => NextAsync(server, $"reader{i}", "random")));
        Assert.Equal(12, answers.OfType<string>().Count());
        Assert.Equal(12, answers.OfType<string>().Distinct().Count());
    }

    [Fact]
    public async Task TheStore_GivesAsManyPlacesAsThereAre_HoweverManyAskAtOnce()
    {
        await using var server = await StartAsync(1);
        var leases = server.Services.GetRequiredService<ILeaseStore>();
        var now = server.Time.Now;
        var got = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => leases.TryTakeAsync("image0", new Annotator($"r{i}", $"10.0.0.{i}", false), 3, now, now.AddMinutes(1), TestContext.Current.CancellationToken))));
        Assert.Equal(3, got.Count(g => g));
        Assert.Equal(3, (await leases.LiveAsync(now, TestContext.Current.CancellationToken)).Count);
        Assert.Empty(await leases.LiveAsync(now.AddMinutes(1), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("reservation_minutes", "0")]
    [InlineData("reservation_minutes", "soon")]
    [InlineData("readers_per_image", "0")]
    [InlineData("readers_per_image", "1.5")]
    public void ASettingThatMakesNoSense_IsToldAtTheStart(string name, string value)
    {
        var error = Assert.Throws<ServerOptionsException>(() => LeaseSettings.From(new Dictionary<string, string> { [name] = value }));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static Task<StoreServer> StartAsync(int images, params (string Name, string Value)[] conf) => StoreServer.StartWithConfAsync(
        studies =>
        {
            for (var i = 0; i < images; i++)
                File.WriteAllBytes(Path.Combine(studies, $"image{i}.nii.gz"), NiftiBytes.Image());
        },
        conf);

    private static async Task<string?> NextAsync(StoreServer server, string client, string strategy = "first")
    {
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/activelearning/" + strategy, new StringContent($$"""{"client_id":"{{client}}"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(200, status);
        return (string?)body!["id"];
    }

    private static async Task SubmitAsync(StoreServer server, string image, string client)
    {
        var (status, _) = await server.SendAsync(HttpMethod.Put, $"/datastore/label?image={image}", StoreServer.File("label", NiftiBytes.Label(1), "l.nii.gz", $$"""{"client_id":"{{client}}","label_info":[{"name":"a"}]}"""));
        Assert.Equal(200, status);
    }
}
