using LabelServer.Bundles.Config;
using LabelServer.Bundles.Expressions;

namespace LabelServer.Bundles.Tests.Expressions;

/// <summary>Expected texts are what CPython 3.12 prints for <c>repr(eval(expression))</c>.</summary>
public sealed class ExpressionEvaluatorTests
{
    [Theory]
    [InlineData("7 // 2", "3")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("7 // -2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7 % -3", "-2")]
    [InlineData("-7.5 // 2", "-4.0")]
    [InlineData("-7.5 % 2", "0.5")]
    [InlineData("5.5 % -2", "-0.5")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("6 / 2", "3.0")]
    [InlineData("2 ** 10", "1024")]
    [InlineData("2 ** -1", "0.5")]
    [InlineData("-2 ** 2", "-4")]
    [InlineData("2 ** 3 ** 2", "512")]
    [InlineData("True + True", "2")]
    [InlineData("~5", "-6")]
    [InlineData("- - 5", "5")]
    [InlineData("1 + 2 * 3 - 4 / 2", "5.0")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("1 << 4 | 3 & 6 ^ 1", "19")]
    [InlineData("True & False", "False")]
    [InlineData("0x1F + 0b101 + 0o17 + 1_000", "1051")]
    [InlineData("1e-4", "0.0001")]
    [InlineData("1e-5", "1e-05")]
    [InlineData("1e16", "1e+16")]
    [InlineData("123456789012345.6", "123456789012345.6")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    [InlineData(".5", "0.5")]
    [InlineData("-9223372036854775807 - 1", "-9223372036854775808")]
    public void Evaluate_Arithmetic_IsPythons(string expression, string expected) => AssertRepr(expression, expected);

    [Theory]
    [InlineData("1 < 2 < 3", "True")]
    [InlineData("1 < 3 < 2", "False")]
    [InlineData("1 == 1.0 == True", "True")]
    [InlineData("9007199254740993 == 9007199254740992.0", "False")]
    [InlineData("'a' < 'b' <= 'b'", "True")]
    [InlineData("[1, 2] < [1, 3]", "True")]
    [InlineData("(1, 2) == [1, 2]", "False")]
    [InlineData("{'a': 1, 'b': 2} == {'b': 2, 'a': 1.0}", "True")]
    [InlineData("None is None", "True")]
    [InlineData("1 is not None", "True")]
    [InlineData("2 in [1, 2]", "True")]
    [InlineData("'b' in {'a': 1}", "False")]
    [InlineData("'ell' in 'hello'", "True")]
    [InlineData("3 not in (1, 2)", "True")]
    [InlineData("not 0 and 5", "5")]
    [InlineData("0 or '' or 'x'", "'x'")]
    [InlineData("1 and 0 and undefined_name", "0")]
    [InlineData("'a' if 1 > 2 else 'b'", "'b'")]
    [InlineData("1 if False else 2 if False else 3", "3")]
    [InlineData("float('nan') == float('nan')", "False")]
    public void Evaluate_ComparisonsAndLogic_ArePythons(string expression, string expected) => AssertRepr(expression, expected);

    [Theory]
    [InlineData("[1, *[2, 3], 4]", "[1, 2, 3, 4]")]
    [InlineData("(1,)", "(1,)")]
    [InlineData("()", "()")]
    [InlineData("1, 2", "(1, 2)")]
    [InlineData("[1,] * 3", "[1, 1, 1]")]
    [InlineData("2 * (1, 'a')", "(1, 'a', 1, 'a')")]
    [InlineData("{**{'a': 1}, 'b': 2, 'a': 3}", "{'a': 3, 'b': 2}")]
    [InlineData("[x * y for x in range(3) if x for y in (1, 10)]", "[1, 10, 2, 20]")]
    [InlineData("{k: v for k, v in zip('ab', [1, 2])}", "{'a': 1, 'b': 2}")]
    [InlineData("[[j for j in range(i)] for i in range(3)]", "[[], [0], [0, 1]]")]
    [InlineData("tuple(float(i >= 0) for i in range(2))", "(1.0, 1.0)")]
    [InlineData("list(set([3, 1, 2, 3]) - {2})", "[1, 3]")]
    [InlineData("[a + b for (a, b) in [(1, 2)]]", "[3]")]
    [InlineData("[0, 1, 2, 3, 4][1:-1]", "[1, 2, 3]")]
    [InlineData("[0, 1, 2, 3, 4][::-2]", "[4, 2, 0]")]
    [InlineData("[0, 1, 2, 3, 4][-2:]", "[3, 4]")]
    [InlineData("[0, 1, 2][: -2 if 1 > 0 else None]", "[0]")]
    [InlineData("[0, 1, 2][5:]", "[]")]
    [InlineData("[0, 1, 2][-1]", "2")]
    [InlineData("'hello'[1:4:2]", "'el'")]
    [InlineData("{'a': {'b': [1, 2]}}['a']['b'][1]", "2")]
    [InlineData("dict(a=1, **{'b': 2})", "{'a': 1, 'b': 2}")]
    [InlineData("sorted([3, 1, 2], reverse=True)", "[3, 2, 1]")]
    [InlineData("sorted('hello')", "['e', 'h', 'l', 'l', 'o']")]
    [InlineData("list(enumerate('ab', 1))", "[(1, 'a'), (2, 'b')]")]
    [InlineData("list(range(10, 0, -3))", "[10, 7, 4, 1]")]
    [InlineData("list(range(3, 3))", "[]")]
    [InlineData("min(3, 1.5), max([1, 7]), sum([1, 2.5]), abs(-3), len({'a': 1})", "(1.5, 7, 3.5, 3, 1)")]
    [InlineData("any([0, 'x']), all([]), bool([]), int('-12'), int(-2.7), float('1e3'), round(2.5), round(2.675, 2)", "(True, True, False, -12, -2, 1000.0, 2, 2.67)")]
    [InlineData("divmod(-7, 2)", "(-4, 1)")]
    [InlineData("list({'a': 1, 'b': 2}.items())", "[('a', 1), ('b', 2)]")]
    [InlineData("{'a': 1}.get('b', 5)", "5")]
    public void Evaluate_Collections_ArePythons(string expression, string expected) => AssertRepr(expression, expected);

    [Theory]
    [InlineData("'a' 'b' \"c\"", "'abc'")]
    [InlineData("r'\\n' + '\\x41\\u00e9\\t'", "'\\\\nAé\\t'")]
    [InlineData("\"it's\"", "\"it's\"")]
    [InlineData("str([1, 'a', None, 2.0, (True,)])", "\"[1, 'a', None, 2.0, (True,)]\"")]
    [InlineData("f'{1 + 1}-{\"x\"!r}-{3.14159:.2f}-{7:03d}-{{}}'", "\"2-'x'-3.14-007-{}\"")]
    [InlineData("f'{[1, 2][0]:>3}|{\"ab\":4}|'", "'  1|ab  |'")]
    [InlineData("'a/b.nii.gz'.split('/')[-1].split('.')[0] + '_trans'", "'b_trans'")]
    [InlineData("'a,b,c'.rsplit(',', 1)", "['a,b', 'c']")]
    [InlineData("' a  b '.split()", "['a', 'b']")]
    [InlineData("'-'.join(['a', 'b'])", "'a-b'")]
    [InlineData("'img_1'.replace('img', 'lbl').upper()", "'LBL_1'")]
    [InlineData("'x.nii.gz'.endswith(('.nii', '.gz'))", "True")]
    [InlineData("'ab' * 2 + 'c'", "'ababc'")]
    [InlineData("len('ä😀')", "2")]
    [InlineData("'ä😀b'[1]", "'😀'")]
    public void Evaluate_Texts_ArePythons(string expression, string expected) => AssertRepr(expression, expected);

    [Theory]
    [InlineData("os.path.join('a', 'b', 'c.pt')", "'a/b/c.pt'")]
    [InlineData("os.path.join('a', '/b')", "'/b'")]
    [InlineData("os.path.join('a/', '')", "'a/'")]
    [InlineData("os.path.basename('a/b.nii.gz'), os.path.dirname('a/b/c'), os.path.dirname('/a')", "('b.nii.gz', 'a/b', '/')")]
    [InlineData("os.path.splitext('a.b/c.tar.gz'), os.path.splitext('.bashrc')", "(('a.b/c.tar', '.gz'), ('.bashrc', ''))")]
    [InlineData("os.path.normpath('a/./b/../../..//c')", "'../c'")]
    [InlineData("np.pi / 2", "1.5707963267948966")]
    [InlineData("math.ceil(2.1), math.floor(-2.1), math.sqrt(9)", "(3, -3, 3.0)")]
    [InlineData("monai.utils.GridSampleMode.BILINEAR, monai.utils.CommonKeys.IMAGE, monai.utils.InterpolateMode.NEAREST_EXACT", "('bilinear', 'image', 'nearest-exact')")]
    [InlineData("torch.cuda.is_available()", "False")]
    [InlineData("os.environ.get('HOME', 'nothing')", "'nothing'")]
    public void Evaluate_PureLibraryCalls_ArePythons(string expression, string expected) => AssertRepr(expression, expected);

    [Theory]
    [InlineData("torch.float32", "dtype", "torch.float32")]
    [InlineData("np.float32", "dtype", "numpy.float32")]
    [InlineData("torch.long", "dtype", "torch.int64")]
    [InlineData("torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')", "device", "cpu")]
    [InlineData("torch.device('cuda', 1)", "device", "cuda:1")]
    [InlineData("monai.data.list_data_collate", "symbol", "monai.data.list_data_collate")]
    [InlineData("print('x')", "call", "print")]
    [InlineData("setattr(torch.backends.cudnn, 'benchmark', True)", "call", "setattr")]
    [InlineData("lambda x, *_, s=1, **__: x > s", "lambda", "lambda x, *_, s=1, **__: x > s")]
    [InlineData("@net.parameters()", "call", "@net.parameters")]
    [InlineData("@net", "component", "SegResNet")]
    [InlineData("@net.module.state", "attribute", "@net.module.state")]
    [InlineData("@net[0][1:, ...]", "item", "@net[0][1:, ...]")]
    [InlineData("len(@net) + 1", "expression", "len(@net) + 1")]
    [InlineData("[x for x in @net]", "expression", "[x for x in @net]")]
    [InlineData("1 if @net.training else 2", "expression", "1 if @net.training else 2")]
    [InlineData("torch.load('x.pt')", "call", "torch.load")]
    [InlineData("open('/etc/passwd').read()", "call", "open('/etc/passwd').read")]
    [InlineData("os.system('id')", "call", "os.system")]
    [InlineData("os.remove('x')", "call", "os.remove")]
    public void Evaluate_WhatOnlyPythonCouldDo_IsDescribedAndNotDone(string expression, string kind, string name)
    {
        var value = Evaluate(expression);

        var (actualKind, actualName) = value is ConfigValue.Component component ? ("component", component.Target) : (((ConfigValue.Symbol)value).Kind, ((ConfigValue.Symbol)value).Name);
        Assert.Equal((kind, name), (actualKind, actualName));
    }

    [Fact]
    public void Evaluate_CallOfAMethod_KeepsReceiverAndArguments()
    {
        var call = Assert.IsType<ConfigValue.Symbol>(Evaluate("@net.to(torch.device('cpu'), non_blocking=True)"));

        Assert.Equal((SymbolKinds.Call, "@net.to"), (call.Kind, call.Name));
        Assert.Equal("SegResNet", Assert.IsType<ConfigValue.Component>(call.Receiver).Target);
        Assert.Equal("cpu", Assert.IsType<ConfigValue.Symbol>(Assert.Single(call.Arguments)).Name);
        Assert.Equal(KeyValuePair.Create("non_blocking", (ConfigValue)new ConfigValue.Boolean(true)), Assert.Single(call.Keywords));
    }

    [Fact]
    public void Evaluate_ImportedAlias_HasItsFullName()
    {
        var scope = new EmptyScope();
        scope.Imports["dist"] = "torch.distributed";
        scope.Imports["ndimage"] = "scipy.ndimage";

        Assert.Equal(new ConfigValue.Integer(0), ExpressionEvaluator.Evaluate("dist.get_rank()", scope));
        Assert.Equal("scipy.ndimage.zoom", Assert.IsType<ConfigValue.Symbol>(ExpressionEvaluator.Evaluate("ndimage.zoom", scope)).Name);
    }

    [Fact]
    public void Evaluate_BranchNotTaken_IsNotLookedAt() => AssertRepr("1 if True else @missing", "1");

    [Theory]
    [InlineData("eval('1')", "'eval' is never called")]
    [InlineData("exec('x')", "'exec' is never called")]
    [InlineData("__import__('os')", "'__import__' is private to Python and never looked at")]
    [InlineData("().__class__", "'__class__' is private to Python and never looked at")]
    [InlineData("@net.__init__", "'__init__' is private to Python and never looked at")]
    [InlineData("[].append(1)", "list.append is not supported")]
    [InlineData("'{0.x}'.format(1)", "str.format is not supported")]
    [InlineData("undefined_name", "the name 'undefined_name' is not defined: nothing in the config imports it")]
    [InlineData("os.environ['HOME']", "a bundle sees no environment variables")]
    [InlineData("glob.glob('/etc/*')", "it looks at files, and no folder is open to it")]
    [InlineData("1 / 0", "it divides by zero")]
    [InlineData("[1][3]", "index 3 is outside of 1 items")]
    [InlineData("{'a': 1}['b']", "there is no key 'b'")]
    [InlineData("1 + 'a'", "'+' does not work on int and str")]
    [InlineData("{[]: 1}", "a list cannot be a key")]
    [InlineData("2 ** 63", "its result does not fit in 64 bits")]
    [InlineData("9223372036854775807 + 1", "its result does not fit in 64 bits")]
    [InlineData("99999999999999999999", "'99999999999999999999' does not fit in 64 bits")]
    [InlineData("(-8) ** 0.5", "its result is a complex number")]
    [InlineData("(x := 1)", "at position 3 there is ':=' where ')' was expected")]
    [InlineData("x = 1", "at position 2 there is '=' where the end was expected")]
    [InlineData("1 +", "at position 3 there is the end where a value was expected")]
    [InlineData("'abc", "a text has no closing quote")]
    [InlineData("b'abc'", "bytes are not supported")]
    [InlineData("1; 2", "at position 1 there is ';' where the end was expected")]
    [InlineData("await x", "'await' is not supported")]
    public void Evaluate_RefusedOrWrong_SaysWhy(string expression, string reason) => Assert.Equal(reason, Assert.Throws<ExpressionException>(() => Evaluate(expression)).Message);

    [Theory]
    [InlineData("'a' * 10**9")]
    [InlineData("[0] * 10**12")]
    [InlineData("10**10**10")]
    [InlineData("list(range(10**12))")]
    [InlineData("range(-9223372036854775807, 9223372036854775807)")]
    [InlineData("[i for i in range(10**5) for j in range(10**5)]")]
    [InlineData("[[x, x] for x in [[y, y] for y in [[z, z] for z in range(400000)]]]")]
    [InlineData("sum([[0] * 1000] * 1000, [])")]
    [InlineData("1 << 10**9")]
    [InlineData("'x'.replace('x', 'y' * 900000) + 'z' * 900000")]
    [InlineData("list(zip(*[range(1000)] * 1000))")]
    public void Evaluate_Bomb_EndsWithABound(string expression) => Assert.Throws<ExpressionException>(() => Evaluate(expression));

    [Theory]
    [InlineData("(", ")", 2000)]
    [InlineData("[", "]", 2000)]
    [InlineData("-", "", 4000)]
    [InlineData("not ", "", 2000)]
    [InlineData("f(", ")", 2000)]
    [InlineData("2**", "", 2000)]
    [InlineData("1 if 1 else ", "", 600)]
    [InlineData("lambda: ", "", 900)]
    public void Evaluate_DeepNesting_EndsWithABound(string open, string close, int count)
    {
        var text = string.Concat(Enumerable.Repeat(open, count)) + "1" + string.Concat(Enumerable.Repeat(close, count));

        Assert.Throws<ExpressionException>(() => Evaluate(text));
    }

    [Fact]
    public void Evaluate_LongChain_WorksOrEndsWithABound()
    {
        // A chain of the same operator nests to the left without the parser going deeper; the evaluator must not fall over either.
        var exception = Record.Exception(() => Evaluate(string.Join("+", Enumerable.Repeat("1", 4000))));

        Assert.True(exception is null or ExpressionException, exception?.ToString());
    }

    [Fact]
    public void Evaluate_TooLong_SaysTheBound() => Assert.Contains("8192 are allowed", Assert.Throws<ExpressionException>(() => Evaluate(new string(' ', 1) + new string('1', 9000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Evaluate_RandomText_GivesAValueOrAnExpressionException()
    {
        var random = new Random(20);
        string[] pieces = ["1", "x", "@a", "'t'", "(", ")", "[", "]", "{", "}", ",", ":", ".", "+", "-", "*", "**", "//", "%", "if", "else", "for", "in", "not", "and", "lambda", "f'{", "}'", "=", "len", "range", "None", " ", "is", "==", "<", "1e5", "@", "\\", "#", "'", "\""];
        var scope = new EmptyScope();
        scope.References["a"] = new ConfigValue.List([new ConfigValue.Integer(1)]);
        for (var i = 0; i < 4000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            var exception = Record.Exception(() => ExpressionEvaluator.Evaluate(text, scope));
            Assert.True(exception is null or ExpressionException or ConfigException, $"{text}: {exception}");
        }
    }

    [Fact]
    public void Evaluate_Glob_StaysInsideTheFolders()
    {
        var root = Directory.CreateTempSubdirectory("glob-");
        try
        {
            var inside = root.CreateSubdirectory("bundle");
            foreach (var name in (string[])["b.nii.gz", "a.nii.gz", "c.txt", ".hidden.nii.gz"])
            {
                File.WriteAllText(Path.Combine(inside.FullName, name), string.Empty);
            }

            File.WriteAllText(Path.Combine(root.FullName, "secret.nii.gz"), string.Empty);
            var options = new ExpressionOptions { Folders = [inside.FullName] };
            ConfigValue Run(string text) => ExpressionEvaluator.Evaluate(text, new EmptyScope(), options);

            AssertTexts(["a.nii.gz", "b.nii.gz"], Run("glob.glob('*.nii.gz')"));
            AssertTexts(["./a.nii.gz"], Run("glob.glob('./[!b]*.gz')"));
            AssertTexts([], Run("glob.glob('missing/*')"));
            Assert.Equal(new ConfigValue.Boolean(true), Run("os.path.exists('c.txt')"));
            Assert.Throws<ExpressionException>(() => Run("glob.glob('../*.nii.gz')"));
            Assert.Throws<ExpressionException>(() => Run("glob.glob('/*')"));
            Assert.Throws<ExpressionException>(() => Run("os.path.exists('../secret.nii.gz')"));
            if (!OperatingSystem.IsWindows())
            {
                Directory.CreateSymbolicLink(Path.Combine(inside.FullName, "link"), root.FullName);
                Assert.Throws<ExpressionException>(() => Run("glob.glob('link/*.nii.gz')"));
                Assert.Throws<ExpressionException>(() => Run("os.path.exists('link/secret.nii.gz')"));
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static void AssertTexts(string[] expected, ConfigValue actual) => Assert.Equal(expected, ((ConfigValue.List)actual).Items.Select(i => ((ConfigValue.Text)i).Value));

    private static ConfigValue Evaluate(string expression)
    {
        var scope = new EmptyScope();
        scope.References["net"] = new ConfigValue.Component("net", "SegResNet", []);
        return ExpressionEvaluator.Evaluate(expression, scope);
    }

    private static void AssertRepr(string expression, string expected) => Assert.Equal(expected, PythonText.Repr(Evaluate(expression), new ExpressionBudget(ExpressionLimits.Default)));
}
