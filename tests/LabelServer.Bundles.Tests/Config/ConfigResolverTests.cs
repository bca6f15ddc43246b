using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Tests.Config;

public sealed class ConfigResolverTests
{
    [Fact]
    public void Resolve_References_FollowIdsInBothForms()
    {
        var resolver = Of("""{"a": {"b": [10, 20]}, "x": "@a#b#1", "y": "@a::b::0", "z": "$@a#b#1 + @a::b::0", "text": "mail@a", "hash": "#1 of 2"}""");

        Assert.Equal((20, 10, 30), (Whole(resolver, "x"), Whole(resolver, "y"), Whole(resolver, "z")));
        Assert.Equal(new ConfigValue.Text("mail@a"), resolver.Resolve("text"));
        Assert.Equal(new ConfigValue.Text("#1 of 2"), resolver.Resolve("hash"));
    }

    [Fact]
    public void Resolve_RelativeIds_CountFromWhereTheyAreWritten()
    {
        var resolver = Of("""{"A": 1, "B": {"key": "@##A", "value1": 2, "value2": "%#value1", "value3": [3, 4, "@#1"], "value4": "$@##A + @#value1"}, "C": "%B"}""");

        Assert.Equal((1, 2, 4, 3), (Whole(resolver, "B#key"), Whole(resolver, "B#value2"), Whole(resolver, "B#value3#2"), Whole(resolver, "B#value4")));
        Assert.Equal((1, 2, 4, 3), (Whole(resolver, "C#key"), Whole(resolver, "C#value2"), Whole(resolver, "C#value3#2"), Whole(resolver, "C#value4")));
    }

    [Fact]
    public void Resolve_Component_HasItsArgumentsAndMode()
    {
        var resolver = Of("""{"n": 3, "net": {"_target_": "SegResNet", "_desc_": "x", "_mode_": "callable", "_requires_": "$missing()", "dims": "@n", "inner": {"_target_": "ReLU"}}}""");

        var net = Assert.IsType<ConfigValue.Component>(resolver.Resolve("net"));

        Assert.Equal(("net", "SegResNet", "callable"), (net.Id, net.Target, net.Mode));
        Assert.Equal(["dims", "inner"], net.Arguments.Select(a => a.Key));
        Assert.Equal(new ConfigValue.Integer(3), net.Argument("dims"));
        Assert.Equal("net::inner", Assert.IsType<ConfigValue.Component>(net.Argument("inner")).Id);
        Assert.Empty(resolver.Unsupported);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\" True \"", true)]
    [InlineData("\"$not @flag\"", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("\"no\"", false)]
    [InlineData("\"@flag\"", false)]
    public void Resolve_DisabledComponent_IsLeftOutOfItsList(string disabled, bool isLeftOut)
    {
        var resolver = Of($$$"""{"flag": false, "list": [{"_target_": "A", "_disabled_": {{{disabled}}}}, {"_target_": "B"}], "ref": ["@list#0"]}""");

        Assert.Equal(isLeftOut ? ["B"] : ["A", "B"], ((ConfigValue.List)resolver.Resolve("list")).Items.Select(i => ((ConfigValue.Component)i).Target));
        var referred = Assert.Single(((ConfigValue.List)resolver.Resolve("ref")).Items);
        Assert.Equal(isLeftOut, referred is ConfigValue.Null);
    }

    [Fact]
    public void Resolve_Macro_CopiesWhatIsWritten()
    {
        var resolver = Of("""{"train": {"x": 1, "t": {"_target_": "A", "k": "@train#x"}}, "val": "%train#t", "list": ["%val", "%train#x"]}""");

        var copy = Assert.IsType<ConfigValue.Component>(resolver.Resolve("val"));
        Assert.Equal(("val", "A", new ConfigValue.Integer(1)), (copy.Id, copy.Target, copy.Argument("k")));
        Assert.Equal(1, Whole(resolver, "list#1"));
        Assert.Equal("list::0", ((ConfigValue.Component)resolver.Resolve("list#0")).Id);
        Assert.Equal(1, Whole(resolver, "val#k"));
    }

    [Fact]
    public void Resolve_MacroOfAFile_ReadsInsideTheBundleOnly()
    {
        using var folder = new TemporaryFolder();
        folder.Write("bundle/configs/parts.yaml", "net: {_target_: A, k: '@n'}\n");
        folder.Write("secret.json", """{"a": 1}""");
        var options = new ConfigResolverOptions { BundleName = "demo", Folder = Path.Combine(folder.Path, "bundle") };
        var resolver = Of("""{"n": 4, "a": "%parts.yaml#net", "b": "%../secret.json#a", "c": "%missing.json", "d": "%parts.yaml#x"}""", options);

        Assert.Equal(new ConfigValue.Integer(4), Assert.IsType<ConfigValue.Component>(resolver.Resolve("a")).Argument("k"));
        Assert.Contains("outside of the bundle", Assert.Throws<ConfigException>(() => resolver.Resolve("b")).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<ConfigException>(() => resolver.Resolve("c")).Message, StringComparison.Ordinal);
        Assert.Contains("not in that file", Assert.Throws<ConfigException>(() => resolver.Resolve("d")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": "@b", "b": "@a"}""", "bundle 'demo', config: 'a' refers back to itself: a → b → a.")]
    [InlineData("""{"a": {"x": ["$@a"]}}""", "bundle 'demo', config: 'a' refers back to itself: a → a::x → a::x::0 → a.")]
    [InlineData("""{"a": "%b", "b": "%a"}""", "the macro '%b' at 'a' leads back to itself.")]
    [InlineData("""{"a": "@missing"}""", "bundle 'demo', config: 'a' refers to '@missing', and there is no 'missing'.")]
    [InlineData("""{"a": "%train#x"}""", "the macro '%train#x' at 'a' leads nowhere: there is no 'train::x'. Is the config that defines it loaded before this one?")]
    [InlineData("""{"a": "@####x"}""", "'a' refers to '::::::::x', which is 4 levels up; it has only 1.")]
    public void Resolve_BrokenReference_NamesTheWay(string json, string expected) => Assert.Equal(expected, Assert.Throws<ConfigException>(() => Of(json).Resolve("a")).Message);

    [Fact]
    public void Resolve_MissingId_NamesIt() => Assert.Equal("bundle 'demo', config: there is no 'x::y'.", Assert.Throws<ConfigException>(() => Of("{}").Resolve("x#y")).Message);

    [Fact]
    public void Resolve_UnsupportedExpression_IsReportedWithBundleKeyAndText()
    {
        var resolver = Of("""{"data": {"_target_": "Dataset", "files": "$__import__('os').listdir('/')", "n": "$1 / 0"}}""");

        var component = Assert.IsType<ConfigValue.Component>(resolver.Resolve("data"));

        Assert.Equal(new ConfigValue.Symbol(SymbolKinds.Unsupported, "__import__('os').listdir('/')"), component.Argument("files"));
        Assert.Equal(
            [
                new UnsupportedExpression("demo", "data::files", "__import__('os').listdir('/')", "'__import__' is private to Python and never looked at"),
                new UnsupportedExpression("demo", "data::n", "1 / 0", "it divides by zero"),
            ],
            resolver.Unsupported);
        Assert.Equal("bundle 'demo', key 'data::n': '$1 / 0' is not evaluated: it divides by zero", resolver.Unsupported[1].ToString());
    }

    [Fact]
    public void Resolve_Imports_AreNamesOnly()
    {
        var resolver = Of("""{"imports": ["$import torch.distributed as dist", "$from scipy import ndimage", "$import os, sys"], "rank": "$dist.get_rank() > 0", "f": "$ndimage.zoom"}""");

        Assert.Equal(new ConfigValue.Boolean(false), resolver.Resolve("rank"));
        Assert.Equal(new ConfigValue.Symbol(SymbolKinds.Name, "scipy.ndimage.zoom"), resolver.Resolve("f"));
        Assert.Equal(new ConfigValue.Symbol(SymbolKinds.Import, "import torch.distributed as dist"), resolver.Resolve("imports#0"));
    }

    [Fact]
    public void Resolve_ValuesThatMultiply_EndWithABound()
    {
        var levels = string.Concat(Enumerable.Range(1, 50).Select(i => $", \"a{i}\": [\"@a{i - 1}\", \"@a{i - 1}\"]"));

        Assert.Contains("stands for more than", Assert.Throws<ConfigException>(() => Of("{\"a0\": [1, 1]" + levels + "}").Resolve("a50")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_LongChainOfReferences_EndsWithABound()
    {
        var links = string.Concat(Enumerable.Range(1, 5000).Select(i => $", \"a{i}\": \"$@a{i - 1}\""));

        Assert.Throws<ConfigException>(() => Of("{\"a0\": 1" + links + "}").Resolve("a5000"));
    }

    [Fact]
    public void FindProblems_ListsAllAndGoesOn()
    {
        var problems = Of("""{"a": "@missing", "b": "$exec('x')", "c": "%nowhere", "d": 1, "e": ["$1 +"]}""").FindProblems();

        Assert.Equal(["a", "b", "c", "e::0"], problems.Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    private static ConfigResolver Of(string json, ConfigResolverOptions? options = null) => new(ConfigDocument.Parse(json, ConfigFormat.Json), options ?? new ConfigResolverOptions { BundleName = "demo" });

    private static long Whole(ConfigResolver resolver, string id) => ((ConfigValue.Integer)resolver.Resolve(id)).Value;
}
