using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <content>Atoms, calls, attributes, subscripts and lambdas.</content>
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
}
