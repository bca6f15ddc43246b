using System.Globalization;
using System.Text.Json;
using LabelServer.Bundles.Config;
using LabelServer.Testing;

namespace LabelServer.Bundles.Tests.Config;

/// <summary>Every plain value that MONAI resolves from the model zoo's configs, against ours.</summary>
public sealed class ConfigGoldenTests
{
    public static TheoryData<string> Cases()
    {
        var data = new TheoryData<string>();
        var root = SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, "config");
        if (root is not null && Directory.Exists(root))
        {
            foreach (var bundle in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            {
                foreach (var file in Directory.EnumerateFiles(bundle, "*.json").Order(StringComparer.Ordinal))
                {
                    data.Add(Path.GetFileName(bundle) + "/" + Path.GetFileName(file));
                }
            }
        }

        if (data.Count == 0)
        {
            data.Add(string.Empty);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resolve_ConfigOfModelZoo_MatchesMonai(string name)
    {
        Assert.SkipWhen(name.Length == 0, "No reference outputs for 'config': set LABELSERVER_GOLDEN.");
        var parts = name.Split('/');
        var files = SourceFiles(parts[0], parts[1]);
        var document = ConfigDocument.Load(files).With("bundle_root", new ConfigValue.Text("BUNDLE"));
        var resolver = new ConfigResolver(document, new ConfigResolverOptions { BundleName = parts[0], Folder = SharedFolders.RequireData("model-zoo", parts[0]) });
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine([SharedFolders.Golden!, "config", .. parts])));
        var wrong = new List<string>();
        var count = 0;
        foreach (var entry in expected.RootElement.EnumerateObject())
        {
            count++;
            var written = Canonical(entry.Value);
            string actual;
            try
            {
                actual = Canonical(resolver.Resolve(entry.Name));
            }
            catch (BundleException e)
            {
                actual = e.GetType().Name + ": " + e.Message;
            }

            if (actual != written)
            {
                wrong.Add($"{entry.Name}: MONAI {Short(written)}, ours {Short(actual)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} ids differ:\n{string.Join('\n', wrong.Take(20))}");
        Assert.NotEqual(0, count);
    }

    // 'train+evaluate.yaml.json' stands for train.yaml and evaluate.yaml, read in this order.
    private static List<string> SourceFiles(string bundle, string golden)
    {
        var stem = golden[..^".json".Length];
        var extension = Path.GetExtension(stem) is ".yaml" or ".yml" ? Path.GetExtension(stem) : ".json";
        var names = stem.EndsWith(extension, StringComparison.Ordinal) ? stem[..^extension.Length] : stem;
        return [.. names.Split('+').Select(n => SharedFolders.RequireData("model-zoo", bundle, "configs", n + extension))];
    }

    private static string Short(string text) => text.Length <= 160 ? text : text[..160] + "…";

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "[" + string.Join(", ", value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Object => "{" + string.Join(", ", value.EnumerateObject().Select(p => Quote(p.Name) + ": " + Canonical(p.Value))) + "}",
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Number => value.GetRawText().AsSpan().ContainsAny(".eE") ? Real(value.GetDouble()) : value.GetRawText(),
        _ => value.GetRawText(),
    };

    private static string Canonical(ConfigValue value) => value switch
    {
        ConfigValue.Null => "null",
        ConfigValue.Boolean truth => truth.Value ? "true" : "false",
        ConfigValue.Integer whole => whole.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Real real => Real(real.Value),
        ConfigValue.Text text => Quote(text.Value),
        ConfigValue.List list => "[" + string.Join(", ", list.Items.Select(Canonical)) + "]",
        ConfigValue.Map map => "{" + string.Join(", ", map.Items.Select(i => Quote(i.Key is ConfigValue.Text key ? key.Value : Canonical(i.Key)) + ": " + Canonical(i.Value))) + "}",
        _ => value.ToString()!,
    };

    private static string Real(double value) => "real " + value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string text) => "\"" + text + "\"";
}
