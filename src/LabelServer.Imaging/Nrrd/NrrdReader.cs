using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Nrrd;

/// <summary>Reads NRRD and <c>.seg.nrrd</c>. See README.md in this folder for the sources.</summary>
internal static class NrrdReader
{
    /// <summary>What a NRRD header says.</summary>
    /// <param name="Header">For users.</param>
    /// <param name="Layout">For reading the voxels.</param>
    /// <param name="IsGzip">Whether the voxels are packed.</param>
    /// <param name="DataFile">The file that holds the voxels; null when they follow the header.</param>
    /// <param name="LineSkip">Lines before the (packed) voxels.</param>
    /// <param name="ByteSkip">Bytes before the (unpacked) voxels; -1 means that the voxels are the end of the file.</param>
    public sealed record Description(VolumeHeader Header, VoxelLayout Layout, bool IsGzip, string? DataFile, long LineSkip, long ByteSkip);

    /// <summary>True for the magic of any NRRD version.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("NRRD"u8);

    /// <summary>Reads the header; the source then stands behind it.</summary>
    /// <exception cref="ImagingException">One of the four kinds, naming the image.</exception>
    public static async Task<Description> ReadHeaderAsync(ImageSource source, VolumeReadOptions options, CancellationToken cancellationToken)
    {
        var magic = await source.PeekAsync(8, cancellationToken);
        if (magic.Length < 8 || magic.Span[4..7].ContainsAnyExcept((byte)'0') || magic.Span[7] is < (byte)'1' or > (byte)'5')
        {
            throw new VolumeFormatException(
                $"{source.Subject} is damaged: it starts like NRRD, but its version is none of NRRD0001 to NRRD0005. Export the image again.");
        }

        var fields = await NrrdFields.ReadAsync(source, cancellationToken);
        var stored = NrrdSampleType.TypeOf(fields.Require("type"), source.Subject);
        var axes = NrrdAxes.Of(fields, source.Subject);
        VoxelLayout.RequireWithinLimit(source.Subject, axes.Sizes, SampleTypes.SizeOf(stored), options);
        var grid = NrrdGeometry.GridOf(axes, fields.Get("space"), NrrdGeometry.SizeOf(axes), source.Subject);
        var (encoding, isGzip) = EncodingOf(fields, source.Subject);
        var layout = new VoxelLayout(grid, axes.ChannelAxis < 0 ? 1 : (int)axes.Sizes[axes.ChannelAxis], stored)
        {
            Encoding = encoding,
            BigEndian = IsBigEndian(fields, stored, encoding),
            ChannelRun = axes.ChannelAxis < 0 ? grid.Size.VoxelCount : axes.Sizes[..axes.ChannelAxis].Aggregate(1L, (a, b) => a * b),
        };
        var description = new Description(
            new VolumeHeader(grid, layout.Channels, stored, stored, VolumeFormat.Nrrd, NrrdSegments.Read(fields.Pairs, layout.Channels)),
            layout,
            isGzip,
            DataFileOf(fields, source.Subject),
            SkipOf(fields, 0, "line skip", "lineskip"),
            SkipOf(fields, -1, "byte skip", "byteskip"));
        if (description is { DataFile: null, IsGzip: false })
        {
            layout.RequireLength(source);
        }

        return description;
    }

    /// <summary>Reads the voxels, from a source that stands behind the header or at the start of the data file.</summary>
    public static async Task<Volume> ReadVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        await SkipToVoxelsAsync(source, description, cancellationToken);
        var volume = await SampleReader.ReadAsync(source, description.Layout, cancellationToken);
        try
        {
            if (description.Layout.Encoding == VoxelEncoding.Raw)
            {
                await source.ExpectEndAsync(cancellationToken);
            }

            return volume;
        }
        catch
        {
            volume.Dispose();
            throw;
        }
    }

    /// <summary>Reads over the voxels, as <see cref="ReadVoxelsAsync"/> reads them, and keeps none.</summary>
    public static async Task PassVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        await SkipToVoxelsAsync(source, description, cancellationToken);
        await SampleReader.PassAsync(source, description.Layout, cancellationToken);
        if (description.Layout.Encoding == VoxelEncoding.Raw)
        {
            await source.ExpectEndAsync(cancellationToken);
        }
    }

    private static async Task SkipToVoxelsAsync(ImageSource source, Description description, CancellationToken cancellationToken)
    {
        for (var line = 0L; line < description.LineSkip; line++)
        {
            await SkipLineAsync(source, cancellationToken);
        }

        if (description.IsGzip)
        {
            source.UnpackGzip();
        }

        await source.SkipAsync(BytesToSkip(source, description), "the skipped bytes", cancellationToken);
    }

    private static long BytesToSkip(ImageSource source, Description description)
    {
        if (description.ByteSkip >= 0)
        {
            return description.ByteSkip;
        }

        if (source.IsGzip || description.Layout.Encoding != VoxelEncoding.Raw || source.MaxRemaining is not { } remaining)
        {
            throw new VolumeUnsupportedException(
                $"{source.Subject} has its voxels at the end of the data (byte skip -1), which is read only from raw data of known length. Save it without byte skip.");
        }

        var skip = remaining - (description.Layout.SampleCount * SampleTypes.SizeOf(description.Layout.Stored));
        return skip >= 0 ? skip : throw new VolumeFormatException($"{source.Subject} is cut short: its voxels need {-skip} bytes more than the file has. Send the whole file again.");
    }

    private static async ValueTask SkipLineAsync(ImageSource source, CancellationToken cancellationToken)
    {
        while (true)
        {
            var ahead = await source.PeekAsync(256, cancellationToken);
            if (ahead.Length == 0)
            {
                throw new VolumeFormatException($"{source.Subject} is cut short: it ends within the lines that its header says to skip. Send the whole file again.");
            }

            var stop = ahead.Span.IndexOf((byte)'\n');
            source.Advance(stop < 0 ? ahead.Length : stop + 1);
            if (stop >= 0)
            {
                return;
            }
        }
    }

    private static (VoxelEncoding Encoding, bool IsGzip) EncodingOf(NrrdFields fields, string subject) => fields.Require("encoding").ToLowerInvariant() switch
    {
        "raw" => (VoxelEncoding.Raw, false),
        "gzip" or "gz" => (VoxelEncoding.Raw, true),
        "ascii" or "text" or "txt" => (VoxelEncoding.Text, false),
        "hex" => (VoxelEncoding.Hex, false),
        "bzip2" or "bz2" => throw new VolumeUnsupportedException($"{subject} is packed with bzip2, which is not read. Save it with gzip or without compression."),
        var other => throw fields.Damaged($"its NRRD encoding '{NrrdFields.Shorten(other)}' does not exist"),
    };

    private static bool IsBigEndian(NrrdFields fields, SampleType stored, VoxelEncoding encoding) => fields.Get("endian")?.ToLowerInvariant() switch
    {
        "little" => false,
        "big" => true,
        null when SampleTypes.SizeOf(stored) == 1 || encoding == VoxelEncoding.Text => !BitConverter.IsLittleEndian,
        null => throw fields.Damaged("its NRRD header does not say whether its samples are little or big endian"),
        var other => throw fields.Damaged($"its NRRD endian '{NrrdFields.Shorten(other)}' is neither little nor big"),
    };

    private static string? DataFileOf(NrrdFields fields, string subject)
    {
        var file = fields.Get("data file") ?? fields.Get("datafile");
        if (file is null)
        {
            return null;
        }

        // "LIST" and patterns such as "slice%03d.raw 1 20 1" spread the voxels over many files.
        return file.StartsWith("LIST", StringComparison.Ordinal) || file.Contains('%', StringComparison.Ordinal)
            ? throw new VolumeUnsupportedException($"{subject} spreads its voxels over many files ('data file: {NrrdFields.Shorten(file)}'). Save it as one file.")
            : file;
    }

    private static long SkipOf(NrrdFields fields, int least, params ReadOnlySpan<string> names)
    {
        foreach (var field in names)
        {
            if (fields.Get(field) is { } text)
            {
                var number = fields.Number(field, text);
                return number >= least ? number : throw fields.Damaged($"'{field}: {number}' is below {least}");
            }
        }

        return 0;
    }
}
