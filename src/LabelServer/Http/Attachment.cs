using System.Text;

namespace LabelServer.Http;

/// <summary>The value of <c>Content-Disposition</c> for a file that is handed out.</summary>
public static class Attachment
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/";

    /// <summary>
    /// <c>attachment; filename="NAME"</c> for names of plain characters, else <c>attachment; filename*=utf-8''PERCENT</c>. These two forms are all that the Python client understands
    /// (protocol, section 1 item 20).
    /// </summary>
    public static string Header(string fileName)
    {
        if (fileName.All(Unreserved.Contains))
            return $"attachment; filename=\"{fileName}\"";
        var percent = new StringBuilder();
        foreach (var value in Encoding.UTF8.GetBytes(fileName))
        {
            if (Unreserved.Contains((char)value, StringComparison.Ordinal))
                percent.Append((char)value);
            else
                percent.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return $"attachment; filename*=utf-8''{percent}";
    }
}
