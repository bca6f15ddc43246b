using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabelServer.Datastore.Index;

/// <summary>Reads and writes <c>datastore_v2.json</c>, MONAI Label's index (monailabel/datastore/local.py, <c>LocalDatastoreModel</c>).</summary>
/// <remarks>
/// <para>In the file an object's key and its <c>ext</c> make the file name, because that is how MONAI Label finds the file. So the key is the file's stem, and where the image id differs from it, the id stands in
/// the image's info under <see cref="ImageIdKey"/>, which MONAI Label carries along. Answers to clients have the id as key.</para>
/// <para>Members that this program does not know are kept and written again.</para>
/// </remarks>
internal static class IndexFile
{
    /// <summary>The key in an image's info that holds the image id where it is no safe file name.</summary>
    public const string ImageIdKey = "labelserver_id";

    /// <summary>The file's name.</summary>
    public const string FileName = "datastore_v2.json";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] RootMembers = ["name", "description", "images_dir", "labels_dir", "objects"];
    private static readonly string[] ObjectMembers = ["image", "labels"];
    private static readonly string[] FileMembers = ["ext", "info"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="JsonException">It is no JSON, or not of this form.</exception>
    public static (IndexHeader Header, List<ImageEntry> Images) Read(ReadOnlyMemory<byte> json)
    {
        var root = InfoDocument.ParseElement(json);
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("The index is no JSON object.");
        }

        var header = new IndexHeader
        {
            Name = Text(root, "name") ?? IndexHeader.Default.Name,
            Description = Text(root, "description") ?? IndexHeader.Default.Description,
            ImagesFolder = Text(root, "images_dir") ?? string.Empty,
            LabelsFolder = Text(root, "labels_dir") ?? IndexHeader.Default.LabelsFolder,
            UnknownMembers = Others(root, RootMembers),
        };
        var images = new List<ImageEntry>();
        if (root.TryGetProperty("objects", out var objects) && objects.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in objects.EnumerateObject())
            {
                images.Add(ReadObject(member.Name, member.Value));
            }
        }

        return (header, images);
    }

    /// <summary>Reads one object of the file.</summary>
    /// <exception cref="JsonException">It is not of this form.</exception>
    public static ImageEntry ReadObject(string stem, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("image", out var image) || image.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"The index holds no image for '{stem}'.");
        }

        var info = Info(image);
        var labels = new List<LabelEntry>();
        if (value.TryGetProperty("labels", out var tags) && tags.ValueKind == JsonValueKind.Object)
        {
            foreach (var tag in tags.EnumerateObject().Where(t => t.Value.ValueKind == JsonValueKind.Object))
            {
                labels.RemoveAll(l => l.Tag == tag.Name);
                labels.Add(new LabelEntry { Tag = tag.Name, Extension = Text(tag.Value, "ext") ?? string.Empty, Info = Info(tag.Value), UnknownMembers = Others(tag.Value, FileMembers) });
            }
        }

        return new ImageEntry
        {
            Id = info.GetText(ImageIdKey) ?? stem,
            Stem = stem,
            Extension = Text(image, "ext") ?? string.Empty,
            Info = info.Without(ImageIdKey),
            Labels = labels,
            UnknownMembers = Others(image, FileMembers),
            UnknownObjectMembers = Others(value, ObjectMembers),
        };
    }

    /// <summary>The bytes of the file.</summary>
    public static byte[] Write(IndexHeader header, IEnumerable<ImageEntry> images) => Document(header, images, forDisk: true);

    /// <summary>The document as clients get it: compact, keys are image ids.</summary>
    public static byte[] WriteForClients(IndexHeader header, IEnumerable<ImageEntry> images) => Document(header, images, forDisk: false);

    /// <summary>Writes one object of the file.</summary>
    public static void WriteObject(Utf8JsonWriter writer, ImageEntry image, bool forDisk)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("image");
        writer.WriteString("ext", image.Extension);
        writer.WritePropertyName("info");
        (forDisk && image.Id != image.Stem ? image.Info.With(ImageIdKey, image.Id) : image.Info).Write(writer);
        image.UnknownMembers.WriteMembers(writer);
        writer.WriteEndObject();
        writer.WriteStartObject("labels");
        foreach (var label in image.Labels)
        {
            writer.WriteStartObject(label.Tag);
            writer.WriteString("ext", label.Extension);
            writer.WritePropertyName("info");
            label.Info.Write(writer);
            label.UnknownMembers.WriteMembers(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        image.UnknownObjectMembers.WriteMembers(writer);
        writer.WriteEndObject();
    }

    private static byte[] Document(IndexHeader header, IEnumerable<ImageEntry> images, bool forDisk)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, forDisk ? Indented : Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("name", header.Name);
            writer.WriteString("description", header.Description);
            writer.WriteString("images_dir", header.ImagesFolder);
            writer.WriteString("labels_dir", header.LabelsFolder);
            writer.WriteStartObject("objects");
            foreach (var image in images)
            {
                writer.WritePropertyName(forDisk ? image.Stem : image.Id);
                WriteObject(writer, image, forDisk);
            }

            writer.WriteEndObject();
            header.UnknownMembers.WriteMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static InfoDocument Info(JsonElement value) =>
        value.TryGetProperty("info", out var info) && info.ValueKind == JsonValueKind.Object ? InfoDocument.FromElement(info) : InfoDocument.Empty;

    private static InfoDocument Others(JsonElement value, string[] known)
    {
        var others = InfoDocument.Empty;
        foreach (var member in value.EnumerateObject())
        {
            // Without making text of the name: it is asked for each member of each image.
            if (!Array.Exists(known, member.NameEquals))
            {
                others = others.With(member.Name, member.Value);
            }
        }

        return others;
    }
}
