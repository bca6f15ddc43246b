using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <content>Atoms, displays, comprehensions, calls, subscripts, lambdas and f-strings.</content>
internal sealed partial class ExpressionParser
{
    private ExpressionNode ParsePostfix()
    {
        var start = Current.Start;
        var node = ParseAtom();
        while (true)
        {
            // Each step nests the result one level deeper, so each counts.
            _budget.Step();
            if (Take("."))
            {
                var member = TakeIdentifier("a name after '.'");
                node = new ExpressionNode.Attribute(TextFrom(start), node, member);
            }
            else if (Take("("))
            {
                node = ParseCall(start, node);
            }
            else if (Take("["))
            {
                var index = ParseIndex();
                Require("]");
                node = new ExpressionNode.Subscript(TextFrom(start), node, index);
            }
            else
            {
                return node;
            }
        }
    }

    private ExpressionNode ParseAtom()
    {
        var token = Current;
        switch (token.Kind)
        {
            case ExpressionTokenKind.Literal when token.Value is not ConfigValue.Text:
                _at++;
                return new ExpressionNode.Literal(TextFrom(token.Start), token.Value!);
            case ExpressionTokenKind.Literal or ExpressionTokenKind.FormattedText:
                return ParseTexts();
            case ExpressionTokenKind.Reference:
                _at++;
                return new ExpressionNode.Reference(TextFrom(token.Start), token.Text);
            case ExpressionTokenKind.Name:
                return ParseName();
        }

        if (token.Is("..."))
        {
            throw new ExpressionException("'...' is not supported");
        }

        return token switch
        {
            _ when Take("(") => ParseParenthesis(token.Start),
            _ when Take("[") => ParseListDisplay(token.Start),
            _ when Take("{") => ParseBraces(token.Start),
            _ => throw Unexpected("a value"),
        };
    }

    private ExpressionNode ParseName()
    {
        var token = Current;
        ConfigValue? constant = token.Text switch
        {
            "None" => ConfigValue.Null.Instance,
            "True" => new ConfigValue.Boolean(true),
            "False" => new ConfigValue.Boolean(false),
            _ => null,
        };
        if (constant is null && Keywords.Contains(token.Text))
        {
            throw token.Text is "await" or "yield" or "import" or "from"
                ? new ExpressionException($"'{token.Text}' is not supported")
                : Unexpected("a value");
        }

        _at++;
        return constant is null ? new ExpressionNode.Name(token.Text) : new ExpressionNode.Literal(token.Text, constant);
    }

    private string TakeIdentifier(string expected)
    {
        var token = Current;
        if (token.Kind != ExpressionTokenKind.Name || Keywords.Contains(token.Text))
        {
            throw Unexpected(expected);
        }

        _at++;
        return token.Text;
    }

    private ExpressionNode ParseParenthesis(int start)
    {
        if (Take(")"))
        {
            return new ExpressionNode.TupleDisplay(TextFrom(start), []);
        }

        var first = ParseStarredOrTest();
        if (Current.Is("for"))
        {
            var clauses = ParseClauses();
            Require(")");
            return new ExpressionNode.Comprehension(TextFrom(start), ComprehensionKind.Generator, null, first, clauses);
        }

        if (Current.Is(","))
        {
            var items = ParseRest(first, ")");
            return new ExpressionNode.TupleDisplay(TextFrom(start), items);
        }

        Require(")");
        return first is ExpressionNode.Starred ? throw new ExpressionException("'*' needs a list, a tuple or a call around it") : first;
    }

    private ExpressionNode ParseListDisplay(int start)
    {
        if (Take("]"))
        {
            return new ExpressionNode.ListDisplay(TextFrom(start), []);
        }

        var first = ParseStarredOrTest();
        if (Current.Is("for"))
        {
            var clauses = ParseClauses();
            Require("]");
            return new ExpressionNode.Comprehension(TextFrom(start), ComprehensionKind.List, null, first, clauses);
        }

        var items = ParseRest(first, "]");
        return new ExpressionNode.ListDisplay(TextFrom(start), items);
    }

    private List<ExpressionNode> ParseRest(ExpressionNode first, string close)
    {
        var items = new List<ExpressionNode> { first };
        while (Take(",") && !Current.Is(close))
        {
            items.Add(ParseStarredOrTest());
        }

        Require(close);
        return items;
    }

    private ExpressionNode ParseBraces(int start)
    {
        if (Take("}"))
        {
            return new ExpressionNode.DictDisplay(TextFrom(start), []);
        }

        if (Current.Is("**"))
        {
            return ParseDict(start, ParseDictEntry());
        }

        var first = ParseStarredOrTest();
        if (first is not ExpressionNode.Starred && Take(":"))
        {
            return ParseDict(start, (first, ParseTest()));
        }

        if (Current.Is("for"))
        {
            var clauses = ParseClauses();
            Require("}");
            return new ExpressionNode.Comprehension(TextFrom(start), ComprehensionKind.Set, null, first, clauses);
        }

        var items = ParseRest(first, "}");
        return new ExpressionNode.SetDisplay(TextFrom(start), items);
    }

    private ExpressionNode ParseDict(int start, (ExpressionNode? Key, ExpressionNode Value) first)
    {
        if (first.Key is not null && Current.Is("for"))
        {
            var clauses = ParseClauses();
            Require("}");
            return new ExpressionNode.Comprehension(TextFrom(start), ComprehensionKind.Dict, first.Key, first.Value, clauses);
        }

        var entries = new List<(ExpressionNode?, ExpressionNode)> { first };
        while (Take(",") && !Current.Is("}"))
        {
            entries.Add(ParseDictEntry());
        }

        Require("}");
        return new ExpressionNode.DictDisplay(TextFrom(start), entries);
    }

    private (ExpressionNode? Key, ExpressionNode Value) ParseDictEntry()
    {
        if (Take("**"))
        {
            return (null, ParseBinary(1));
        }

        var key = ParseTest();
        Require(":");
        return (key, ParseTest());
    }

    private List<ComprehensionClause> ParseClauses()
    {
        var clauses = new List<ComprehensionClause>();
        while (Take("for"))
        {
            var parenthesised = Take("(");
            var targets = new List<string> { TakeIdentifier("a name after 'for'") };
            var unpacks = false;
            while (Take(","))
            {
                unpacks = true;
                if (!Current.Is("in") && !Current.Is(")"))
                {
                    targets.Add(TakeIdentifier("a name after 'for'"));
                }
            }

            if (parenthesised)
            {
                Require(")");
            }

            Require("in");
            var source = ParseOr();
            var conditions = new List<ExpressionNode>();
            while (Take("if"))
            {
                conditions.Add(ParseOr());
            }

            clauses.Add(new ComprehensionClause(targets, unpacks, source, conditions));
        }

        return clauses;
    }

    private ExpressionNode.Call ParseCall(int start, ExpressionNode callee)
    {
        var arguments = new List<ExpressionNode>();
        var keywords = new List<(string?, ExpressionNode)>();
        while (!Take(")"))
        {
            if (Take("**"))
            {
                keywords.Add((null, ParseTest()));
            }
            else if (Current.Kind == ExpressionTokenKind.Name && _tokens[_at + 1].Is("="))
            {
                var name = TakeIdentifier("a name");
                _at++;
                keywords.Add((name, ParseTest()));
            }
            else
            {
                var itemStart = Current.Start;
                var argument = ParseStarredOrTest();
                if (Current.Is("for"))
                {
                    var clauses = ParseClauses();
                    argument = new ExpressionNode.Comprehension(TextFrom(itemStart), ComprehensionKind.Generator, null, argument, clauses);
                }

                arguments.Add(argument);
            }

            if (!Current.Is(")"))
            {
                Require(",");
            }
        }

        return new ExpressionNode.Call(TextFrom(start), callee, arguments, keywords);
    }

    private ExpressionNode ParseIndex()
    {
        var start = Current.Start;
        var first = ParseIndexItem();
        if (!Current.Is(","))
        {
            return first;
        }

        // x[0, 1:] means something to arrays only, which are never plain values here; it is kept as text.
        var items = new List<ExpressionNode> { first };
        while (Take(",") && !Current.Is("]"))
        {
            items.Add(ParseIndexItem());
        }

        return new ExpressionNode.TupleDisplay(TextFrom(start), items);
    }

    private ExpressionNode ParseIndexItem()
    {
        var start = Current.Start;
        if (Take("..."))
        {
            return new ExpressionNode.Slice("...", null, null, null);
        }

        ExpressionNode? first = Current.Is(":") ? null : ParseTest();
        if (!Take(":"))
        {
            return first ?? throw Unexpected("an index");
        }

        var stop = Current.Is(":") || Current.Is("]") || Current.Is(",") ? null : ParseTest();
        var step = Take(":") && !Current.Is("]") && !Current.Is(",") ? ParseTest() : null;
        return new ExpressionNode.Slice(TextFrom(start), first, stop, step);
    }

    private ExpressionNode.Lambda ParseLambda()
    {
        var start = Current.Start;
        Require("lambda");
        while (!Take(":"))
        {
            _ = Take("*") || Take("**");
            if (!Current.Is(",") && !Current.Is(":"))
            {
                TakeIdentifier("a parameter name");
            }

            if (Take("="))
            {
                ParseTest();
            }

            if (!Current.Is(":"))
            {
                Require(",");
            }
        }

        ParseTest();
        return new ExpressionNode.Lambda(TextFrom(start));
    }

    // Texts that stand beside each other are one.
    private ExpressionNode ParseTexts()
    {
        var start = Current.Start;
        var parts = new List<FormattedPart>();
        var literal = new StringBuilder();
        while (Current.Kind == ExpressionTokenKind.FormattedText || (Current.Kind == ExpressionTokenKind.Literal && Current.Value is ConfigValue.Text))
        {
            if (Current.Value is ConfigValue.Text text)
            {
                literal.Append(text.Value);
            }
            else
            {
                parts.Add(new FormattedPart(literal.ToString(), null, ' ', string.Empty));
                literal.Clear();
                ParseFormatted(Current.Text, parts);
            }

            _at++;
        }

        if (parts.Count == 0)
        {
            return new ExpressionNode.Literal(TextFrom(start), new ConfigValue.Text(literal.ToString()));
        }

        parts.Add(new FormattedPart(literal.ToString(), null, ' ', string.Empty));
        return new ExpressionNode.FormattedText(TextFrom(start), parts);
    }

    // The first character says whether backslashes are escapes ('f') or not ('r').
    private void ParseFormatted(string body, List<FormattedPart> parts)
    {
        var escapes = body[0] == 'f';
        var literal = new StringBuilder();
        for (var i = 1; i < body.Length; i++)
        {
            if (body[i] is '{' or '}' && i + 1 < body.Length && body[i + 1] == body[i])
            {
                literal.Append(body[i++]);
            }
            else if (body[i] == '}')
            {
                throw new ExpressionException("a single '}' stands in an f-string");
            }
            else if (body[i] == '{')
            {
                parts.Add(new FormattedPart(escapes ? TextEscapes.Read(literal.ToString()) : literal.ToString(), null, ' ', string.Empty));
                literal.Clear();
                i = ParseField(body, i + 1, parts);
            }
            else
            {
                literal.Append(body[i]);
            }
        }

        parts.Add(new FormattedPart(escapes ? TextEscapes.Read(literal.ToString()) : literal.ToString(), null, ' ', string.Empty));
    }

    // Reads '{value!r:format}' from after its opening brace and returns the index of its closing one.
    private int ParseField(string body, int from, List<FormattedPart> parts)
    {
        var depth = 0;
        var end = from;
        var quote = '\0';
        for (; end < body.Length; end++)
        {
            var c = body[end];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                continue;
            }

            if (depth == 0 && (c is '}' or ':' || (c == '!' && end + 1 < body.Length && body[end + 1] != '=')))
            {
                break;
            }

            quote = c is '\'' or '"' ? c : '\0';
            depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
        }

        var close = end < body.Length ? body.IndexOf('}', end) : -1;
        if (close < 0)
        {
            throw new ExpressionException("a '{' of an f-string is not closed");
        }

        var tail = body[end..close];
        var conversion = ' ';
        if (tail.StartsWith('!'))
        {
            conversion = tail.Length > 1 && tail[1] is 'r' or 's' ? tail[1] : throw new ExpressionException($"the conversion '{tail}' is not supported");
            tail = tail[2..];
        }

        if (tail.Length > 0 && (tail[0] != ':' || tail.Contains('{', StringComparison.Ordinal)))
        {
            throw new ExpressionException($"the format '{tail}' is not supported");
        }

        _budget.Enter();
        var parser = new ExpressionParser(body[from..end], _budget);
        var value = parser.ParseTupleOrSingle(() => parser.Current.Kind == ExpressionTokenKind.End);
        if (parser.Current.Kind != ExpressionTokenKind.End)
        {
            throw parser.Unexpected("the end of the field");
        }

        _budget.Leave();
        parts.Add(new FormattedPart(string.Empty, value, conversion, tail.Length > 0 ? tail[1..] : string.Empty));
        return close;
    }
}
