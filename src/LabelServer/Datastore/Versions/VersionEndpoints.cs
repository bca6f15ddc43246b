using System.Text.Json;
using System.Text.Json.Nodes;
using LabelServer.Annotators;
using LabelServer.Http;
using LabelServer.Imaging.Comparison;
using LabelServer.OpenApi;

namespace LabelServer.Datastore.Versions;

/// <summary><c>/datastore/label/versions</c>: who labelled what when, former labels again, and how well two readers agree. Not in MONAI Label.</summary>
internal static class VersionEndpoints
{
    private static readonly QueryParameter Label = new("label", QueryKind.Text, "The image's id") { Required = true };
    private static readonly QueryParameter Tag = new("tag", QueryKind.Text, "The label's tag") { Default = LabelTags.Final };
    private static readonly QueryParameter Version = new("version", QueryKind.Text, "The version's id") { Required = true };

    /// <summary>Adds what the versions of labels need.</summary>
    public static IServiceCollection AddLabelVersions(this IServiceCollection services)
    {
        services.AddSingleton(GivenVersions.Schema);
        services.AddSingleton<GivenVersions>();
        services.AddSingleton<LabelSubmission>();
        services.AddSingleton<LabelAgreement>();
        services.AddSingleton<ILabelVersions>(s => s.GetRequiredService<LocalDatastore>());
        return services;
    }

    /// <summary>Adds the endpoints.</summary>
    public static void MapLabelVersions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/datastore/label/versions", List).Describe(new("Studies", "The versions of a label, the current one first: who, when, from which model and which parent") { Query = [Label, Tag] });
        routes.MapGet("/datastore/label/version", Get).Describe(new("Studies", "Fetches the file of a version") { Query = [Label, Tag, Version], Answers = [ContentTypes.Default] });
        routes.MapPost("/datastore/label/versions/restore", RestoreAsync).Describe(new("Studies", "Makes a former version the current one; the present one is kept") { Query = [Label, Tag, Version] });
        routes.MapGet("/datastore/label/compare", CompareAsync).Describe(new("Studies", "Compares two labels of an image: Dice and 95 % Hausdorff distance in mm for each structure")
        {
            Query =
            [
                Label,
                Tag,
                new("version", QueryKind.Text, "The first version; absent for the current one"),
                new("other_tag", QueryKind.Text, "The tag of the second label; absent for the same"),
                new("other", QueryKind.Text, "The second version; absent for the current one"),
                new("distances", QueryKind.Boolean, "Whether Hausdorff distances are computed") { Default = "true" },
            ],
        });
    }

    private static JsonAnswer List(HttpContext context, ILabelVersions versions)
    {
        var query = new RequestQuery(context.Request);
        var (id, tag) = (query.RequiredText("label"), query.Text("tag", LabelTags.Final));
        query.Validate();
        return new JsonAnswer(new JsonArray([.. versions.ListVersions(id, tag).Select(v => (JsonNode?)Describe(v))]));
    }

    private static FileAnswer Get(HttpContext context, ILabelVersions versions)
    {
        var query = new RequestQuery(context.Request);
        var (id, tag, version) = (query.RequiredText("label"), query.Text("tag", LabelTags.Final), query.RequiredText("version"));
        query.Validate();
        using var file = versions.OpenVersion(id, tag, version).File;
        return new FileAnswer(file.LocalPath, file.Name);
    }

    private static async Task<IResult> RestoreAsync(HttpContext context, ILabelVersions versions, GivenVersions given, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var (id, tag, version) = (query.RequiredText("label"), query.Text("tag", LabelTags.Final), query.RequiredText("version"));
        query.Validate();
        var annotator = Annotator.Of(context);
        var label = await versions.RestoreVersionAsync(id, tag, version, annotator.Name, cancellationToken);
        var stamp = LabelStamp.Of(label);
        given.Note(id, tag, annotator, stamp.Id, time.GetUtcNow());
        return new JsonAnswer(new JsonObject { ["image"] = id, ["label"] = id, ["version"] = stamp.Id, ["restored_from"] = version });
    }

    private static async Task<IResult> CompareAsync(HttpContext context, ILabelVersions versions, LabelAgreement agreement, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var (id, tag) = (query.RequiredText("label"), query.Text("tag", LabelTags.Final));
        var otherTag = query.Text("other_tag", tag);
        var distances = query.Boolean("distances", true);
        query.Validate();
        var (first, firstFile) = Open(versions, id, tag, query.Text("version"));
        await using var openFirst = firstFile;
        var (second, secondFile) = Open(versions, id, otherTag, query.Text("other"));
        await using var openSecond = secondFile;
        var (structures, voxel) = await agreement.CompareAsync(Named(first, firstFile, tag), Named(second, secondFile, otherTag), distances, cancellationToken);
        return new JsonAnswer(new JsonObject
        {
            ["first"] = Describe(first),
            ["second"] = Describe(second),
            ["structures"] = new JsonObject(structures.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)Describe(s.Value, voxel)))),
            ["mean_dice"] = structures.Values.Where(s => s.First + s.Second > 0).Select(s => (double?)s.Dice).DefaultIfEmpty(null).Average() is { } mean ? Math.Round(mean, 6) : null,
        });
    }

    private static (LabelVersion Version, StoredFile File) Open(ILabelVersions versions, string id, string tag, string version)
    {
        if (version.Length == 0)
        {
            version = versions.ListVersions(id, tag).FirstOrDefault(v => v.IsCurrent)?.Stamp.Id
                ?? throw new LabelNotFoundException($"Label NOT Found: the image '{Names.ImageIds.Printable(id)}' has no label with the tag '{Names.ImageIds.Printable(tag)}'.");
        }

        return versions.OpenVersion(id, tag, version);
    }

    private static NamedLabel Named(LabelVersion version, StoredFile file, string tag) =>
        new(file.Content, file.Name, new LabelEntry { Tag = tag, Extension = version.Extension, Info = version.Info }.ValueNames());

    private static JsonObject Describe(LabelVersion version)
    {
        var stamp = version.Stamp;
        var json = new JsonObject { ["version"] = stamp.Id, ["current"] = version.IsCurrent, ["parent"] = stamp.Parent, ["by"] = stamp.By };
        foreach (var key in (string[])["user", "client_id", "model", "ts", "name"])
        {
            json[key] = version.Info.TryGet(key, out var value) ? JsonSerializer.SerializeToNode(value, RecordJson.Default.JsonElement) : null;
        }

        json["conflict_with"] = stamp.ConflictWith;
        json["restored_from"] = stamp.RestoredFrom;
        json["extension"] = version.Extension;
        json["bytes"] = version.Length;
        return json;
    }

    private static JsonObject Describe(StructureAgreement agreement, double voxelVolume) => new()
    {
        ["dice"] = Math.Round(agreement.Dice, 6),
        ["hausdorff95_mm"] = agreement.Hausdorff95 is { } distance ? Math.Round(distance, 4) : null,
        ["first_ml"] = Math.Round(agreement.First * voxelVolume / 1000, 4),
        ["second_ml"] = Math.Round(agreement.Second * voxelVolume / 1000, 4),
    };
}
