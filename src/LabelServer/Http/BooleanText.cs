namespace LabelServer.Http;

/// <summary>Truth values as text, as pydantic 2 reads them: <c>true/false/1/0/yes/no/on/off/t/f/y/n</c> in any case.</summary>
public static class BooleanText
{
    /// <summary>Reads a truth value; false when the text is none.</summary>
    public static bool TryParse(string text, out bool value)
    {
        switch (text.Trim().ToUpperInvariant())
        {
            case "TRUE" or "1" or "YES" or "ON" or "T" or "Y":
                value = true;
                return true;
            case "FALSE" or "0" or "NO" or "OFF" or "F" or "N":
                value = false;
                return true;
            default:
                value = false;
                return false;
        }
    }
}
