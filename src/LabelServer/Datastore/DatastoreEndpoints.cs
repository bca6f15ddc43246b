using System.Text.Json.Nodes;
using LabelServer.Audit;
using LabelServer.Auth;
using LabelServer.Datastore.Names;
using LabelServer.Datastore.Versions;
using LabelServer.Errors;
using LabelServer.Http;
using LabelServer.OpenApi;

namespace LabelServer.Datastore;

/// <summary><c>/datastore</c> (protocol 4.9).</summary>
/// <remarks>
/// Different from the original, for the better: an unknown image is 404 where it was 500; <c>HEAD</c> answers the headers of the file and takes <c>label</c> as well as <c>image</c>; <c>check_sum</c> works; changes show at once.
/// </remarks>
internal static class DatastoreEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapDatastore(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/datastore/", Show).Describe(new("Studies", "How many images and labels there are, or all that is known about them")
        {
            Query = [new("output", QueryKind.Text, "Numbers, pairs for a training, or everything") { Default = "stats", Allowed = ["stats", "train", "all"] }],
        });
        foreach (var path in new[] { "/datastore/", "/datastore/image" })
        {
            routes.MapPut(path, AddImageAsync).Describe(new("Studies", "Adds an image, or replaces the file of one that exists")
            {
                Query = [new("image", QueryKind.Text, "The id; absent for the file's name without extension")],
                FormFields = ["params"],
                FormFiles = ["file"],
            });
            routes.MapDelete(path, RemoveImageAsync).Describe(new("Studies", "Removes an image and its labels") { Query = [new("id", QueryKind.Text, "The image's id") { Required = true }] });
        }

        routes.MapMethods("/datastore/image", [HttpMethods.Get, HttpMethods.Head], GetImageAsync).Describe(new("Studies", "Fetches an image's file")
        {
            Query = [new("image", QueryKind.Text, "The image's id") { Required = true }, new("check_sum", QueryKind.Text, "Answer 404 unless the file has this checksum (HEAD)")],
            Answers = [ContentTypes.Default],
        });
        routes.MapGet("/datastore/image/info", GetImageInfo).Describe(new("Studies", "What is known about an image") { Query = [new("image", QueryKind.Text, "The image's id") { Required = true }] });
        routes.MapPut("/datastore/image/info", PutImageInfoAsync).Describe(new("Studies", "Sets keys of an image's info") { Query = [new("image", QueryKind.Text, "The image's id") { Required = true }], FormFields = ["info"] });
        routes.MapPut("/datastore/label", SaveLabelAsync).Describe(new("Studies", "Saves a label; the former one of the same tag is kept as a previous version")
        {
            Query = [new("image", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag") { Default = "final" }, new("parent", QueryKind.Text, "The version that it was made from; empty for none. If it is not the newest, the label is kept beside that")],
            FormFields = ["params"],
            FormFiles = ["label"],
        });
        routes.MapDelete("/datastore/label", RemoveLabelAsync).Describe(new("Studies", "Removes a label") { Query = [new("id", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag: final, original or a version") { Required = true }] });
        routes.MapMethods("/datastore/label", [HttpMethods.Get, HttpMethods.Head], GetLabel).Describe(new("Studies", "Fetches a label's file") { Query = [new("label", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag: final, original or a version") { Required = true }], Answers = [ContentTypes.Default] });
        routes.MapGet("/datastore/label/info", GetLabelInfo).Describe(new("Studies", "What is known about a label") { Query = [new("label", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag: final, original or a version") { Required = true }] });
        routes.MapPut("/datastore/label/info", (HttpContext context, LocalDatastore store, CancellationToken token) => PutLabelInfoAsync(context, store, "info", token))
            .Describe(new("Studies", "Sets keys of a label's info") { Query = [new("label", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag: final, original or a version") { Required = true }], FormFields = ["info"] });
        routes.MapPut("/datastore/updatelabelinfo", (HttpContext context, LocalDatastore store, CancellationToken token) => PutLabelInfoAsync(context, store, "params", token))
            .Describe(new("Studies", "Sets keys of a label's info; deprecated") { Query = [new("label", QueryKind.Text, "The image's id") { Required = true }, new("tag", QueryKind.Text, "The label's tag: final, original or a version") { Required = true }], FormFields = ["params"] });
        routes.MapGet("/datastore/dataset", GetDataset).Describe(new("Studies", "All images with a submitted label, and these labels, as a zip archive")
        {
            Query = [new("limit_cases", QueryKind.Integer, "At most this many")],
            Answers = [ContentTypes.Default],
        });
    }

    private static IResult Show(HttpContext context, LocalDatastore store)
    {
        var query = new RequestQuery(context.Request);
        var output = query.Choice("output", "stats", "train", "stats", "all");
        query.Validate();
        return output switch
        {
            "all" => new RawJsonAnswer(store.IndexForClients()),
            "train" => new JsonAnswer(TrainingPairs(context, store)),
            _ => new JsonAnswer(Statistics(store.Statistics)),
        };
    }

    private static JsonObject Statistics(DatastoreStatistics statistics) => new()
    {
        ["total"] = statistics.Total,
        ["completed"] = statistics.Completed,
        ["label_tags"] = new JsonObject(statistics.LabelTags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value))),
    };

    private static JsonArray TrainingPairs(HttpContext context, LocalDatastore store) => new([.. store.Snapshot().Images
        .Where(i => i.IsLabeled)
        .Select(i => (JsonNode?)new JsonObject
        {
            ["image"] = ClientPaths.OfImage(context, store, i.Id),
            ["label"] = ClientPaths.OfLabel(context, store, i.Id, LabelTags.Final),
        })]);

    private static async Task<IResult> AddImageAsync(HttpContext context, LocalDatastore store, CancellationToken cancellationToken)
    {
        var id = new RequestQuery(context.Request).Text("image");
        store.RequireWritable();
        if (id.Length > 0)
        {
            // Before the body is read: a refusal must not cost an upload of hundreds of megabytes.
            ImageIds.Require(id);
        }

        await using var form = await UploadForm.ReadAsync(context.Request, store.IncomingFolder, cancellationToken);
        var file = form.RequiredFile("file");
        var info = InfoDocument.Parse(form.Text("params"), $"form field 'params' of the image '{ImageIds.Printable(id)}'");
        using var content = store.Adopt(file);
        var added = await store.AddImageAsync(new ImageUpload(content) { ImageId = id, Info = info, User = CurrentUser.Of(context).Name }, cancellationToken);
        AuditTrail.Of(context).Note("image", added);
        return new JsonAnswer(new JsonObject { ["image"] = added });
    }

    private static async Task<IResult> RemoveImageAsync(HttpContext context, LocalDatastore store, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("id");
        query.Validate();
        await store.RemoveImageAsync(id, cancellationToken);
        return new JsonAnswer(new JsonObject());
    }

    private static async Task<IResult> GetImageAsync(HttpContext context, LocalDatastore store, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("image");
        var wanted = query.Text("check_sum");
        query.Validate();
        if (HttpMethods.IsHead(context.Request.Method) && wanted.Length > 0)
        {
            await RequireChecksumAsync(store, id, wanted, cancellationToken);
        }

        await using var file = store.OpenImage(id);
        return new FileAnswer(file.LocalPath, file.DownloadName);
    }

    /// <summary><c>SHA256:HEX</c>, or the digits alone.</summary>
    private static async Task RequireChecksumAsync(LocalDatastore store, string id, string wanted, CancellationToken cancellationToken)
    {
        var colon = wanted.IndexOf(':', StringComparison.Ordinal);
        var algorithm = colon < 0 ? "SHA256" : wanted[..colon];
        if (!algorithm.Equals("SHA256", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadRequestException($"check_sum={wanted}: the algorithm '{algorithm}' is not supported. Send SHA256: and 64 hex digits.");
        }

        var found = await store.ChecksumAsync(id, cancellationToken);
        if (!found.EndsWith(":" + wanted[(colon + 1)..], StringComparison.OrdinalIgnoreCase))
        {
            throw new ImageNotFoundException("Image NOT Found (checksum failed)");
        }
    }

    private static RawJsonAnswer GetImageInfo(HttpContext context, LocalDatastore store)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("image");
        query.Validate();
        return RawJsonAnswer.Of(store.FindImage(id) is { } image ? image.Info.With("path", ClientPaths.OfImage(context, store, image.Id)) : InfoDocument.Empty);
    }

    private static async Task<IResult> PutImageInfoAsync(HttpContext context, LocalDatastore store, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("image");
        query.Validate();
        await using var form = await UploadForm.ReadAsync(context.Request, store.IncomingFolder, cancellationToken);
        var changes = InfoDocument.Parse(form.Text("info"), $"form field 'info' of the image '{ImageIds.Printable(id)}'");
        await store.UpdateImageInfoAsync(id, changes.With("user", CurrentUser.Of(context).Name), cancellationToken);
        return new JsonAnswer(null);
    }

    private static async Task<IResult> SaveLabelAsync(HttpContext context, LocalDatastore store, LabelSubmission submission, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("image");
        var tag = query.Text("tag");
        query.Validate();
        tag = tag.Length == 0 ? LabelTags.Final : tag;
        store.RequireLabelTarget(id, tag);
        await using var form = await UploadForm.ReadAsync(context.Request, store.IncomingFolder, cancellationToken);
        var file = form.RequiredFile("label");
        var info = InfoDocument.Parse(form.Text("params"), $"form field 'params' of the label of the image '{ImageIds.Printable(id)}'");
        using var content = store.Adopt(file);
        return await submission.SaveAsync(context, new LabelUpload(id, content) { Tag = tag, Info = info, User = CurrentUser.Of(context).LoggedInName }, cancellationToken);
    }

    private static async Task<IResult> RemoveLabelAsync(HttpContext context, LocalDatastore store, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("id");
        var tag = query.RequiredText("tag");
        query.Validate();
        await store.RemoveLabelAsync(id, tag, cancellationToken);
        return new JsonAnswer(new JsonObject());
    }

    private static FileAnswer GetLabel(HttpContext context, LocalDatastore store)
    {
        // HEAD of the original wants "image", GET wants "label": both take both.
        var query = new RequestQuery(context.Request);
        var other = HttpMethods.IsHead(context.Request.Method) ? query.Text("label") : query.Text("image");
        var id = other.Length > 0 ? other : query.RequiredText(HttpMethods.IsHead(context.Request.Method) ? "image" : "label");
        var tag = query.RequiredText("tag");
        query.Validate();
        using var file = store.OpenLabel(id, tag);
        return new FileAnswer(file.LocalPath, file.DownloadName);
    }

    private static RawJsonAnswer GetLabelInfo(HttpContext context, LocalDatastore store)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("label");
        var tag = query.RequiredText("tag");
        query.Validate();
        return RawJsonAnswer.Of(store.FindImage(id)?.FindLabel(tag)?.Info ?? InfoDocument.Empty);
    }

    private static async Task<IResult> PutLabelInfoAsync(HttpContext context, LocalDatastore store, string field, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(context.Request);
        var id = query.RequiredText("label");
        var tag = query.RequiredText("tag");
        query.Validate();
        await using var form = await UploadForm.ReadAsync(context.Request, store.IncomingFolder, cancellationToken);
        var changes = InfoDocument.Parse(form.Text(field), $"form field '{field}' of the label '{ImageIds.Printable(tag)}' of the image '{ImageIds.Printable(id)}'");
        await store.UpdateLabelInfoAsync(id, tag, changes.With("user", CurrentUser.Of(context).Name), cancellationToken);
        return new JsonAnswer(null);
    }

    private static DatasetArchive GetDataset(HttpContext context, LocalDatastore store, ILogger<DatasetArchive> logger)
    {
        var query = new RequestQuery(context.Request);
        var limit = query.OptionalInteger("limit_cases");
        query.Validate();
        var ids = store.ImageIds(ImageSelection.Labeled);
        if (ids.Count == 0)
        {
            throw new LabelNotFoundException("There is nothing to put into the archive: no image has a final label yet. Submit a label first.");
        }

        return new DatasetArchive(store, limit is { } count && count >= 1 && count < ids.Count ? [.. ids.Take((int)count)] : ids, logger);
    }
}
