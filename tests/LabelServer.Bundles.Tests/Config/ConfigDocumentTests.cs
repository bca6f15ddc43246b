using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Tests.Config;

public sealed class ConfigDocumentTests
{
    [Fact]
    public void Parse_JsonNumbers_KeepWholeAndRealApart()
    {
        var document = Json("""{"a": 1, "b": 1.0, "c": 1e0, "d": -9223372036854775808, "a": 2}""");

        Assert.Equal(
            [("a", new ConfigValue.Integer(2)), ("b", new ConfigValue.Real(1)), ("c", new ConfigValue.Real(1)), ("d", (ConfigValue)new ConfigValue.Integer(long.MinValue))],
            document.Root.Items.Select(i => (((ConfigValue.Text)i.Key).Value, i.Value)));
    }

    [Theory]
    [InlineData("yes", "True")]
    [InlineData("Off", "False")]
    [InlineData("y", "'y'")]
    [InlineData("~", "None")]
    [InlineData("", "None")]
    [InlineData("010", "8")]
    [InlineData("0o10", "'0o10'")]
    [InlineData("0x1F", "31")]
    [InlineData("-0b11", "-3")]
    [InlineData("1_000", "1000")]
    [InlineData("1:30", "90")]
    [InlineData("1e-4", "'1e-4'")]
    [InlineData("1.0e-4", "0.0001")]
    [InlineData("1.e+3", "1000.0")]
    [InlineData(".5", "0.5")]
    [InlineData("-.inf", "-inf")]
    [InlineData("1.2.3", "'1.2.3'")]
    [InlineData("'1'", "'1'")]
    [InlineData("\"yes\"", "'yes'")]
    [InlineData("!!str 1", "'1'")]
    [InlineData("!!float 1", "1.0")]
    [InlineData("2020-01-01", "'2020-01-01'")]
    [InlineData("$1 + 1", "'$1 + 1'")]
    public void Parse_YamlScalar_HasTheTypeThatPythonsLoaderGives(string text, string expected)
    {
        var value = ConfigDocument.Parse($"a: {text}\n", ConfigFormat.Yaml).Find("a")!;

        Assert.Equal(expected, Bundles.Expressions.PythonText.Repr(value, new(Bundles.Expressions.ExpressionLimits.Default)));
    }

    [Fact]
    public void Parse_YamlAnchorsAndMergeKeys_AreWrittenOut()
    {
        var document = ConfigDocument.Parse("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nuse: {<<: [*b, *m], x: 9}\nlist: [*b]\n", ConfigFormat.Yaml);

        Assert.Equal((9, 2, 4), (Whole(document, "use::x"), Whole(document, "use::y"), Whole(document, "use::z")));
        Assert.Equal(2, Whole(document, "list#0#y"));
    }

    [Theory]
    [InlineData("a: !!python/object/apply:os.system ['id']\n", "the tag tag:yaml.org,2002:python/object/apply:os.system is not supported")]
    [InlineData("a: !custom x\n", "the tag !custom is not supported")]
    [InlineData("a: *b\n", "the alias *b has no anchor before it")]
    [InlineData("? [1, 2]\n: 3\n", "a list or dictionary cannot be a key")]
    [InlineData("a: 1\n---\nb: 2\n", "several YAML documents")]
    [InlineData("a: [1\n", "is not valid YAML at line")]
    [InlineData("- 1\n", "must hold a dictionary")]
    [InlineData("a: 99999999999999999999\n", "does not fit in 64 bits")]
    public void Parse_YamlThatIsNotPlain_SaysWhy(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => ConfigDocument.Parse(text, ConfigFormat.Yaml)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[1]", "must hold a dictionary")]
    [InlineData("{\"a\": 1} x", "is not valid JSON")]
    [InlineData("{\"a\": 99999999999999999999}", "does not fit in 64 bits")]
    [InlineData("{\"b#c\": 1}", "there is no 'b'")]
    [InlineData("{\"\": 1}", "has an empty key")]
    [InlineData("{\"a\": 1, \"+a\": [2]}", "both must be lists or both dictionaries")]
    public void Parse_WrongJson_SaysWhy(string text, string expected) => Assert.Contains(expected, Assert.Throws<ConfigException>(() => Json(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AliasesThatMultiply_EndWithABound()
    {
        var text = "a0: &a0 [1, 1]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));

        Assert.Contains("more than 500000 values", Assert.Throws<ConfigException>(() => ConfigDocument.Parse(text, ConfigFormat.Yaml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ManyKeys_TakesLinearTime()
    {
        // Quadratic work on 200 000 keys would take minutes.
        var document = Json("{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"k{i}\": {i}")) + "}");

        Assert.Equal(199_999, Whole(document, "k199999"));
        Assert.All(Enumerable.Range(0, 200_000), i => Assert.Equal(i, Whole(document, $"k{i}")));
    }

    [Theory]
    [InlineData(ConfigFormat.Json)]
    [InlineData(ConfigFormat.Yaml)]
    public void Parse_DeepNesting_EndsWithABound(ConfigFormat format) =>
        Assert.Throws<ConfigException>(() => ConfigDocument.Parse("{\"a\": " + new string('[', 20_000) + new string(']', 20_000) + "}", format));

    [Fact]
    public void Load_SeveralFiles_LaterOnesReplaceReachInAndAdd()
    {
        using var folder = new TemporaryFolder();
        var first = folder.Write("train.json", """{"imports": ["$import os"], "net": {"a": 1, "b": 2}, "list": [1, 2], "extra": {"x": 1}}""");
        var second = folder.Write("more.yaml", "'+imports': ['$import glob']\nnet#a: 5\nlist::1: 7\n'+extra': {y: 2}\n'+new': [3]\nother: {c: 1}\n");

        var document = ConfigDocument.Load([first, second]);

        Assert.Equal(2, ((ConfigValue.List)document.Find("imports")!).Items.Count);
        Assert.Equal((5, 2, 1, 7), (Whole(document, "net::a"), Whole(document, "net::b"), Whole(document, "list::0"), Whole(document, "list::1")));
        Assert.Equal((1, 2, 3, 1), (Whole(document, "extra#x"), Whole(document, "extra#y"), Whole(document, "new#0"), Whole(document, "other#c")));
    }

    [Fact]
    public void Load_MissingLargeOrForeignFile_SaysWhichOne()
    {
        using var folder = new TemporaryFolder();
        var large = folder.Write("large.json", "{\"a\": \"" + new string('x', 5000) + "\"}");

        Assert.Contains("missing.json does not exist", Assert.Throws<ConfigException>(() => ConfigDocument.Load(Path.Combine(folder.Path, "missing.json"))).Message, StringComparison.Ordinal);
        Assert.Contains("large.json has", Assert.Throws<ConfigException>(() => ConfigDocument.Load(large, new ConfigLimits { FileBytes = 1000 })).Message, StringComparison.Ordinal);
        Assert.Contains("notes.txt is no config file", Assert.Throws<ConfigException>(() => ConfigDocument.Load(folder.Write("notes.txt", "{}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_Override_LeavesTheOriginalAlone()
    {
        var document = Json("""{"inferer": {"roi_size": [96, 96, 96]}}""");

        var changed = document.With("inferer#roi_size#2", new ConfigValue.Integer(32)).With("a::b::c", new ConfigValue.Text("@inferer"));

        Assert.Equal((96, 32), (Whole(document, "inferer#roi_size#2"), Whole(changed, "inferer#roi_size#2")));
        Assert.Equal(new ConfigValue.Text("@inferer"), changed.Find("a#b#c"));
        Assert.False(document.Contains("a"));
    }

    [Theory]
    [InlineData("inferer#roi_size#3", "the list has 3 items, numbered from 0")]
    [InlineData("inferer#roi_size#0#x", "is neither a list nor a dictionary")]
    [InlineData("", "An override needs an id")]
    public void With_WrongId_SaysWhy(string id, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Json("""{"inferer": {"roi_size": [96, 96, 96]}}""").With(id, ConfigValue.Null.Instance)).Message, StringComparison.Ordinal);

    private static ConfigDocument Json(string text) => ConfigDocument.Parse(text, ConfigFormat.Json);

    private static long Whole(ConfigDocument document, string id) => ((ConfigValue.Integer)document.Find(id)!).Value;
}
