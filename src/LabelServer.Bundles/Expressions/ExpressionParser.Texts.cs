using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <content>Texts that stand side by side, and f-strings.</content>
internal sealed partial class ExpressionParser
{
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
