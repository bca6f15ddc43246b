using System.Text;

namespace LabelServer.Datastore.Checks;

/// <summary>Looks into the header of a MetaImage file (.mha, .mhd): lines of <c>Key = Value</c>, of which <c>ElementDataFile</c> is the last.</summary>
/// <remarks>Source: ITK's MetaIO documentation, "MetaImage", https://itk.org/Wiki/ITK/MetaIO/Documentation.</remarks>
internal static class MetaImageHeader
{
    private const string DataKey = "ElementDataFile";

    // Headers have a few dozen short lines.
    private const int MaxLines = 1000;
    private const int MaxLineLength = 4096;

    /// <summary>The value of <c>ElementDataFile</c>: <c>LOCAL</c> where the voxels follow in the same file, else the name of another file, a pattern of names, or <c>LIST</c>.</summary>
    /// <param name="content">The file, at its start.</param>
    /// <returns>The value; null when the header is none or ends without it.</returns>
    public static string? ReadDataPlace(Stream content)
    {
        using var buffered = new BufferedStream(content, 4096);
        for (var number = 0; number < MaxLines && ReadLine(buffered) is { } line; number++)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return null;
            }

            if (line.AsSpan(0, equals).Trim().SequenceEqual(DataKey))
            {
                return line[(equals + 1)..].Trim() is { Length: > 0 } place ? place : null;
            }
        }

        return null;
    }

    // Null at the end, and for a line that is too long for a header: then the voxels have begun.
    private static string? ReadLine(Stream content)
    {
        var line = new StringBuilder();
        int value;
        while ((value = content.ReadByte()) >= 0 && value != '\n')
        {
            if (line.Length == MaxLineLength)
            {
                return null;
            }

            line.Append((char)value);
        }

        return value < 0 && line.Length == 0 ? null : line.ToString();
    }
}
