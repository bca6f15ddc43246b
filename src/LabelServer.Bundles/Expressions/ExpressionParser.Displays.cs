namespace LabelServer.Bundles.Expressions;

/// <content>Tuples, lists, sets, dictionaries and comprehensions.</content>
internal sealed partial class ExpressionParser
{
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
}
