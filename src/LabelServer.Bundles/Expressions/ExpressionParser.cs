namespace LabelServer.Bundles.Expressions;

/// <summary>Parses one Python expression by operator precedence. Statements, assignments, <c>await</c>, <c>yield</c> and <c>:=</c> are refused.</summary>
/// <remarks>Source: https://docs.python.org/3/reference/expressions.html; the table of precedences is its section 6.17.</remarks>
internal sealed partial class ExpressionParser
{
    private static readonly HashSet<string> Keywords =
    [
        "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
        "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "True", "False", "None",
    ];

    private static readonly Dictionary<string, int> Precedences = new()
    {
        ["|"] = 1,
        ["^"] = 2,
        ["&"] = 3,
        ["<<"] = 4,
        [">>"] = 4,
        ["+"] = 5,
        ["-"] = 5,
        ["*"] = 6,
        ["/"] = 6,
        ["//"] = 6,
        ["%"] = 6,
    };

    private readonly string _source;
    private readonly List<ExpressionToken> _tokens;
    private readonly ExpressionBudget _budget;
    private int _at;

    private ExpressionParser(string source, ExpressionBudget budget)
    {
        _source = source;
        _budget = budget;
        _tokens = new ExpressionTokenizer(source).ReadAll();
    }

    private ExpressionToken Current => _tokens[_at];

    /// <summary>Parses the text of an expression, without the leading <c>$</c>.</summary>
    /// <exception cref="ExpressionException">It is not an expression of the supported subset.</exception>
    public static ExpressionNode Parse(string source, ExpressionLimits limits, ExpressionBudget budget)
    {
        if (source.Length > limits.Length)
        {
            throw new ExpressionException($"it has {source.Length} characters; {limits.Length} are allowed");
        }

        var parser = new ExpressionParser(source, budget);
        var node = parser.ParseTupleOrSingle(() => parser.Current.Kind == ExpressionTokenKind.End);
        return parser.Current.Kind == ExpressionTokenKind.End ? node : throw parser.Unexpected("the end");
    }

    // 'a' or 'a, b' or 'a,': a comma makes a tuple wherever one may stand without parentheses.
    private ExpressionNode ParseTupleOrSingle(Func<bool> atEnd)
    {
        var start = Current.Start;
        var first = ParseStarredOrTest();
        if (!Current.Is(","))
        {
            return first is ExpressionNode.Starred ? throw new ExpressionException("'*' needs a list, a tuple or a call around it") : first;
        }

        var items = new List<ExpressionNode> { first };
        while (Take(","))
        {
            if (atEnd())
            {
                break;
            }

            items.Add(ParseStarredOrTest());
        }

        return new ExpressionNode.TupleDisplay(TextFrom(start), items);
    }

    private ExpressionNode ParseStarredOrTest()
    {
        var start = Current.Start;
        if (!Take("*"))
        {
            return ParseTest();
        }

        var value = ParseBinary(1);
        return new ExpressionNode.Starred(TextFrom(start), value);
    }

    private ExpressionNode ParseTest()
    {
        _budget.Enter();
        var node = Current.Is("lambda") ? ParseLambda() : ParseConditional();
        _budget.Leave();
        return node;
    }

    private ExpressionNode ParseConditional()
    {
        var start = Current.Start;
        var value = ParseOr();
        if (!Take("if"))
        {
            return value;
        }

        var test = ParseOr();
        Require("else");
        var other = ParseTest();
        return new ExpressionNode.Conditional(TextFrom(start), test, value, other);
    }

    private ExpressionNode ParseOr()
    {
        var start = Current.Start;
        var left = ParseAnd();
        while (Take("or"))
        {
            _budget.Step();
            var right = ParseAnd();
            left = new ExpressionNode.Logical(TextFrom(start), false, left, right);
        }

        return left;
    }

    private ExpressionNode ParseAnd()
    {
        var start = Current.Start;
        var left = ParseNot();
        while (Take("and"))
        {
            var right = ParseNot();
            left = new ExpressionNode.Logical(TextFrom(start), true, left, right);
        }

        return left;
    }

    private ExpressionNode ParseNot()
    {
        var start = Current.Start;
        if (!Take("not"))
        {
            return ParseComparison();
        }

        _budget.Enter();
        var operand = ParseNot();
        _budget.Leave();
        return new ExpressionNode.Unary(TextFrom(start), "not", operand);
    }

    private ExpressionNode ParseComparison()
    {
        var start = Current.Start;
        var first = ParseBinary(1);
        List<(string, ExpressionNode)>? rest = null;
        while (TakeComparison() is { } op)
        {
            rest ??= [];
            rest.Add((op, ParseBinary(1)));
        }

        return rest is null ? first : new ExpressionNode.Comparison(TextFrom(start), first, rest);
    }

    private string? TakeComparison()
    {
        foreach (var op in (ReadOnlySpan<string>)["<", ">", "<=", ">=", "==", "!=", "in"])
        {
            if (Take(op))
            {
                return op;
            }
        }

        if (Current.Is("not") && _tokens[_at + 1].Is("in"))
        {
            _at += 2;
            return "not in";
        }

        return !Take("is") ? null : Take("not") ? "is not" : "is";
    }

    private ExpressionNode ParseBinary(int lowest)
    {
        var start = Current.Start;
        var left = ParseUnary();
        while (Current.Kind == ExpressionTokenKind.Operator && Precedences.TryGetValue(Current.Text, out var precedence) && precedence >= lowest)
        {
            var op = Current.Text;
            _at++;
            _budget.Enter();
            var right = ParseBinary(precedence + 1);
            _budget.Leave();
            left = new ExpressionNode.Binary(TextFrom(start), op, left, right);
        }

        return left;
    }

    private ExpressionNode ParseUnary()
    {
        var start = Current.Start;
        if (Current.Kind != ExpressionTokenKind.Operator || Current.Text is not ("-" or "+" or "~"))
        {
            return ParsePower();
        }

        var op = Current.Text;
        _at++;
        _budget.Enter();
        var operand = ParseUnary();
        _budget.Leave();
        return new ExpressionNode.Unary(TextFrom(start), op, operand);
    }

    private ExpressionNode ParsePower()
    {
        var start = Current.Start;
        var left = ParsePostfix();
        if (!Take("**"))
        {
            return left;
        }

        // Binds tighter than a sign on its left and looser than one on its right: -2 ** -1 is -(2 ** (-1)).
        _budget.Enter();
        var right = ParseUnary();
        _budget.Leave();
        return new ExpressionNode.Binary(TextFrom(start), "**", left, right);
    }

    private bool Take(string text)
    {
        if (!Current.Is(text))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Require(string text)
    {
        if (!Take(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    private string TextFrom(int start) => _source[start.._tokens[_at - 1].End];

    private ExpressionException Unexpected(string expected) =>
        new($"at position {Current.Start} there is {(Current.Kind == ExpressionTokenKind.End ? Current.Text : $"'{_source[Current.Start..Current.End]}'")} where {expected} was expected");
}
