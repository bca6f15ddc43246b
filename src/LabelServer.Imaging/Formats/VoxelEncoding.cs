namespace LabelServer.Imaging.Formats;

/// <summary>How samples are written down in a file, once gzip is unpacked.</summary>
internal enum VoxelEncoding
{
    /// <summary>The bytes of memory.</summary>
    Raw,

    /// <summary>Decimal numbers with white space or commas between them.</summary>
    Text,

    /// <summary>The bytes of memory as two hexadecimal digits each.</summary>
    Hex,
}
