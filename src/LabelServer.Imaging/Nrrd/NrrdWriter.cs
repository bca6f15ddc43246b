using System.Globalization;
using System.Text;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nrrd;

/// <summary>Writes NRRD as ITK does: the same fields in the same order with the same number format, in left-posterior-superior.</summary>
/// <remarks>
/// <para>The space directions are the columns of the affine, one vector for each axis. MONAI Label writes the rows into a <c>.seg.nrrd</c>, which turns a rotated image the other
/// way; that is not repeated here.</para>
/// <para>Several channels become a list axis in front of the spatial ones, which is what 3D Slicer expects of the layers of a segmentation.</para>
/// </remarks>
internal static class NrrdWriter
{
    private const string Magic = "NRRD0004\n# Complete NRRD file format specification at:\n# http://teem.sourceforge.net/nrrd/format.html\n";

    /// <summary>The whole header, the empty line included.</summary>
    public static byte[] Header(Volume volume, VolumeWriteOptions options, IReadOnlyList<Segment> segments)
    {
        var isList = volume.Channels > 1;
        var lps = volume.Grid.Affine.FlipLps();
        var size = volume.Size;
        var text = new StringBuilder(Magic);
        text.Append("type: ").Append(NrrdSampleType.NameOf(volume.SampleType)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"dimension: {(isList ? 4 : 3)}\n");
        text.Append("space: left-posterior-superior\n");
        text.Append("sizes: ").Append(isList ? string.Create(CultureInfo.InvariantCulture, $"{volume.Channels} ") : string.Empty);
        text.Append(CultureInfo.InvariantCulture, $"{size.I} {size.J} {size.K}\n");
        text.Append("space directions: ").Append(isList ? "none " : string.Empty);
        text.Append(Vector(lps, 0)).Append(' ').Append(Vector(lps, 1)).Append(' ').Append(Vector(lps, 2)).Append('\n');
        text.Append("kinds: ").Append(isList ? "list " : string.Empty).Append("domain domain domain\n");
        if (SampleTypes.SizeOf(volume.SampleType) > 1)
        {
            text.Append("endian: ").Append(BitConverter.IsLittleEndian ? "little" : "big").Append('\n');
        }

        text.Append("encoding: ").Append(options.Compress ? "gzip" : "raw").Append('\n');
        text.Append("space origin: ").Append(Vector(lps, 3)).Append('\n');
        foreach (var (key, value) in NrrdSegments.Write(segments))
        {
            text.Append(key).Append(":=").Append(Escape(value)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>A column of an affine: "(1,0,0)", each number with up to 17 digits as C's %.17g writes them.</summary>
    private static string Vector(in Affine affine, int column) => $"({Number(affine[0, column])},{Number(affine[1, column])},{Number(affine[2, column])})";

    private static string Number(double value) => value == 0 ? "0" : value.ToString("G17", CultureInfo.InvariantCulture).Replace('E', 'e');

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
