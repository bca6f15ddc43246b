using System.Globalization;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Cuts the text of an expression into tokens: Python's lexical rules for names, numbers, texts and operators, and <c>@id</c>.</summary>
/// <remarks>Source: https://docs.python.org/3/reference/lexical_analysis.html. Not read: bytes, complex numbers, comments, line continuations. <c>@</c> always starts a reference, as in MONAI; matrix products do not exist.</remarks>
internal sealed class ExpressionTokenizer(string source)
{
    private static readonly string[] Operators =
    [
        "**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
        "+", "-", "*", "/", "%", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", ";", "!",
    ];

    private int _at;

    public List<ExpressionToken> ReadAll()
    {
        var tokens = new List<ExpressionToken>();
        while (true)
        {
            while (_at < source.Length && char.IsWhiteSpace(source[_at]))
            {
                _at++;
            }

            if (_at == source.Length)
            {
                tokens.Add(new ExpressionToken(ExpressionTokenKind.End, "the end", _at, _at));
                return tokens;
            }

            tokens.Add(ReadOne());
        }
    }

    private ExpressionToken ReadOne()
    {
        var c = source[_at];
        if (c == '@')
        {
            return ReadReference();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1])))
        {
            return ReadNumber();
        }

        if (c is '\'' or '"')
        {
            return ReadText(string.Empty, _at);
        }

        if (c == '_' || char.IsLetter(c))
        {
            return ReadNameOrPrefixedText();
        }

        foreach (var op in Operators)
        {
            if (source.AsSpan(_at).StartsWith(op))
            {
                var start = _at;
                _at += op.Length;
                return new ExpressionToken(ExpressionTokenKind.Operator, op, start, _at);
            }
        }

        throw new ExpressionException($"'{c}' at position {_at} is not part of an expression");
    }

    private ExpressionToken ReadReference()
    {
        var start = _at;
        _at += ConfigPath.ReferenceLength(source, start);
        return new ExpressionToken(ExpressionTokenKind.Reference, source[(start + 1).._at], start, _at);
    }

    private ExpressionToken ReadNameOrPrefixedText()
    {
        var start = _at;
        while (_at < source.Length && (source[_at] == '_' || char.IsLetterOrDigit(source[_at])))
        {
            _at++;
        }

        var name = source[start.._at];
        var isPrefix = name.Length <= 2 && _at < source.Length && source[_at] is '\'' or '"' && name.ToUpperInvariant() is "R" or "U" or "F" or "FR" or "RF" or "B" or "BR" or "RB";
        return isPrefix && _at < source.Length && source[_at] is '\'' or '"' ? ReadText(name.ToUpperInvariant(), start) : new ExpressionToken(ExpressionTokenKind.Name, name, start, _at);
    }

    private ExpressionToken ReadNumber()
    {
        var start = _at;
        if (source[_at] == '0' && _at + 1 < source.Length && source[_at + 1] is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
        {
            return ReadPrefixedNumber(start);
        }

        var isReal = false;
        while (_at < source.Length)
        {
            var c = source[_at];
            if (char.IsAsciiDigit(c) || (c == '_' && _at + 1 < source.Length && char.IsAsciiDigit(source[_at + 1])))
            {
                _at++;
            }
            else if (c == '.' && !isReal)
            {
                isReal = true;
                _at++;
            }
            else if (c is 'e' or 'E' && HasExponent())
            {
                isReal = true;
                _at += source[_at + 1] is '+' or '-' ? 2 : 1;
                while (_at < source.Length && char.IsAsciiDigit(source[_at]))
                {
                    _at++;
                }

                break;
            }
            else
            {
                break;
            }
        }

        RefuseSuffix(start);
        var digits = source[start.._at].Replace("_", string.Empty, StringComparison.Ordinal);
        if (isReal)
        {
            return Literal(start, new ConfigValue.Real(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture)));
        }

        if (digits.Length > 1 && digits[0] == '0' && digits.Any(d => d != '0'))
        {
            throw new ExpressionException($"'{digits}' is not a number in Python");
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? Literal(start, new ConfigValue.Integer(whole))
            : throw new ExpressionException($"'{digits[..Math.Min(digits.Length, 40)]}' does not fit in 64 bits");
    }

    private bool HasExponent() => _at + 1 < source.Length && (char.IsAsciiDigit(source[_at + 1]) || (source[_at + 1] is '+' or '-' && _at + 2 < source.Length && char.IsAsciiDigit(source[_at + 2])));

    private ExpressionToken ReadPrefixedNumber(int start)
    {
        var numberBase = char.ToUpperInvariant(source[_at + 1]) switch { 'X' => 16, 'O' => 8, _ => 2 };
        _at += 2;
        while (_at < source.Length && (char.IsAsciiHexDigit(source[_at]) || source[_at] == '_'))
        {
            _at++;
        }

        RefuseSuffix(start);
        try
        {
            var value = Convert.ToInt64(source[(start + 2).._at].Replace("_", string.Empty, StringComparison.Ordinal), numberBase);
            return value >= 0 ? Literal(start, new ConfigValue.Integer(value)) : throw new OverflowException();
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new ExpressionException($"'{source[start..Math.Min(_at, start + 40)]}' is not a number of 64 bits");
        }
    }

    private void RefuseSuffix(int start)
    {
        if (_at < source.Length && (source[_at] == '_' || char.IsLetterOrDigit(source[_at])))
        {
            // '1if x else y' is legal in Python; nobody writes it, and complex numbers ('1j') are not supported.
            throw new ExpressionException($"'{source[start..(_at + 1)]}' is not a number");
        }
    }

    private ExpressionToken ReadText(string prefix, int start)
    {
        if (prefix.Contains('B', StringComparison.Ordinal))
        {
            throw new ExpressionException("bytes are not supported");
        }

        var quote = source[_at];
        var isTriple = source.AsSpan(_at).StartsWith(new string(quote, 3));
        var end = isTriple ? new string(quote, 3) : quote.ToString();
        _at += end.Length;
        var from = _at;
        while (true)
        {
            if (_at >= source.Length || (!isTriple && source[_at] == '\n'))
            {
                throw new ExpressionException("a text has no closing quote");
            }

            if (source.AsSpan(_at).StartsWith(end))
            {
                break;
            }

            _at += source[_at] == '\\' ? 2 : 1;
        }

        var body = source[from.._at];
        _at += end.Length;
        var isRaw = prefix.Contains('R', StringComparison.Ordinal);
        if (prefix.Contains('F', StringComparison.Ordinal))
        {
            // The escapes of an f-string are read after it is taken apart.
            return new ExpressionToken(ExpressionTokenKind.FormattedText, (isRaw ? "r" : "f") + body, start, _at);
        }

        return Literal(start, new ConfigValue.Text(isRaw ? body : TextEscapes.Read(body)));
    }

    private ExpressionToken Literal(int start, ConfigValue value) => new(ExpressionTokenKind.Literal, source[start.._at], start, _at, value);
}
