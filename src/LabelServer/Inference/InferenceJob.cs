namespace LabelServer.Inference;

/// <summary>One image to be segmented by one model.</summary>
public sealed record InferenceJob
{
    /// <summary>The model's id, as <c>/info/</c> lists it.</summary>
    public required string Model { get; init; }

    /// <summary>What people call the image: its id, or the name of the uploaded file. For messages and logs.</summary>
    public required string ImageName { get; init; }

    /// <summary>The files that make up the image: one, or two for <c>.hdr</c> with <c>.img</c> or a detached NRRD header with its data; the header comes first.</summary>
    public required IReadOnlyList<InferenceImagePart> Parts { get; init; }

    /// <summary>What the request asks for besides the model's defaults.</summary>
    public InferenceParameters Parameters { get; init; } = new();
}

/// <summary>One file of an image.</summary>
/// <param name="Name">The bare file name with its extension, which tells the format: <c>scan.nii.gz</c>.</param>
/// <param name="OpenAsync">Opens the bytes for one sequential read. The dispatcher disposes the stream.</param>
public sealed record InferenceImagePart(string Name, Func<CancellationToken, Task<Stream>> OpenAsync)
{
    /// <summary>A part that is a file of this machine; its bare name is the part's name.</summary>
    public static InferenceImagePart FromFile(string path) => new(
        Path.GetFileName(path),
        _ => Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan)));
}
