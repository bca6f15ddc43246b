using System.Globalization;
using System.Text;
using LabelServer.Bundles.Config;

namespace LabelServer.BundleRuns;

/// <summary>Reads a value of the command line as MONAI's commands do: what is a Python literal becomes it, everything else is text.</summary>
/// <remarks>
/// <para>Source: the behaviour of Python Fire's argument parsing (https://google.github.io/python-fire/guide/, "Argument Parsing"): <c>3</c> is a number, <c>True</c> a truth value,
/// <c>"['a','b']"</c> a list, <c>[a,b]</c> the same list, <c>configs/train.json</c> and <c>true</c> are text.</para>
/// <para>Nothing is evaluated; <c>1+1</c> is text.</para>
/// </remarks>
internal sealed class PythonLiteral
{
    private const int MostDepth = 50;
    private readonly string _text;
    private int _at;

    private PythonLiteral(string text) => _text = text;

    /// <summary>The value; text when it is no literal.</summary>
    public static ConfigValue Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new PythonLiteral(text);
        return reader.TryValue(0, out var value) && reader.IsAtEnd() ? value : new ConfigValue.Text(text);
    }

    private bool IsAtEnd()
    {
        SkipSpace();
        return _at == _text.Length;
    }

    private bool TryValue(int depth, out ConfigValue value)
    {
        SkipSpace();
        value = ConfigValue.Null.Instance;
        if (_at == _text.Length || depth > MostDepth)
        {
            return false;
        }

        return _text[_at] switch
        {
            '[' => TryItems(']', depth, isTuple: false, out value),
            '(' => TryItems(')', depth, isTuple: true, out value),
            '{' => TryMap(depth, out value),
            '\'' or '"' => TryQuoted(out value),
            _ => TryWord(out value),
        };
    }

    private bool TryItems(char end, int depth, bool isTuple, out ConfigValue value)
    {
        _at++;
        var items = new List<ConfigValue>();
        var hasComma = false;
        value = ConfigValue.Null.Instance;
        while (!Take(end))
        {
            if ((items.Count > 0 && !hasComma) || !TryValue(depth + 1, out var item))
            {
                return false;
            }

            items.Add(item);
            hasComma = Take(',');
        }

        // As in Python, brackets around one value without a comma are only brackets.
        value = isTuple && items.Count == 1 && !hasComma ? items[0] : new ConfigValue.List(items, isTuple);
        return true;
    }

    private bool TryMap(int depth, out ConfigValue value)
    {
        _at++;
        var items = new List<KeyValuePair<ConfigValue, ConfigValue>>();
        var hasComma = true;
        value = ConfigValue.Null.Instance;
        while (!Take('}'))
        {
            if (!hasComma || !TryValue(depth + 1, out var key) || !Take(':') || !TryValue(depth + 1, out var item))
            {
                return false;
            }

            items.Add(KeyValuePair.Create(key, item));
            hasComma = Take(',');
        }

        value = new ConfigValue.Map(items);
        return true;
    }

    private bool TryQuoted(out ConfigValue value)
    {
        var quote = _text[_at++];
        var read = new StringBuilder();
        value = ConfigValue.Null.Instance;
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                // Only the escapes that keep a path of Windows readable: a backslash before other characters stays.
                var next = _text[_at + 1];
                read.Append(next is '\\' or '\'' or '"' ? next : '\\');
                _at += next is '\\' or '\'' or '"' ? 2 : 1;
                continue;
            }

            read.Append(_text[_at++]);
        }

        if (_at == _text.Length)
        {
            return false;
        }

        _at++;
        value = new ConfigValue.Text(read.ToString());
        return true;
    }

    private bool TryWord(out ConfigValue value)
    {
        var start = _at;
        while (_at < _text.Length && !"[](){},:'\" \t\r\n".Contains(_text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        var word = _text[start.._at];
        value = word switch
        {
            "None" => ConfigValue.Null.Instance,
            "True" => new ConfigValue.Boolean(true),
            "False" => new ConfigValue.Boolean(false),
            _ when TryNumber(word, out var number) => number,
            _ => new ConfigValue.Text(word),
        };
        return word.Length > 0;
    }

    private static bool TryNumber(string word, out ConfigValue value)
    {
        value = ConfigValue.Null.Instance;
        if (!word.Any(char.IsAsciiDigit) || word.Any(c => !char.IsAsciiDigit(c) && c is not ('+' or '-' or '.' or 'e' or 'E')))
        {
            return false;
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            value = new ConfigValue.Integer(whole);
            return true;
        }

        var isReal = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var real);
        value = isReal ? new ConfigValue.Real(real) : value;
        return isReal;
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == wanted)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }
}
