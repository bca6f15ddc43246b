using System.Text.Json;

namespace LabelServer.Inference;

/// <summary>What a request may set. Null means: as the model says. Names in parentheses are the keys of the <c>params</c> object of the protocol.</summary>
public sealed record InferenceParameters
{
    /// <summary>(<c>highres</c>) True for the fine spacing and its weights, false for the coarse one; both are chosen together.</summary>
    public bool? Highres { get; init; }

    /// <summary>(<c>model_filename</c>) A weights file that the model lists; <c>auto</c>, empty or null follows <see cref="Highres"/>.</summary>
    public string? ModelFilename { get; init; }

    /// <summary>(<c>sw_overlap</c>) Share of a window that its neighbour covers too, 0 ≤ value &lt; 1.</summary>
    public double? SwOverlap { get; init; }

    /// <summary>(<c>sw_batch_size</c>) Windows per call of the network, at least 1.</summary>
    public int? SwBatchSize { get; init; }

    /// <summary>(<c>roi_size</c>) Size of a window in voxels per axis.</summary>
    public IReadOnlyList<int>? RoiSize { get; init; }

    /// <summary>(<c>largest_cc</c>) Whether only the largest connected component of each label is kept.</summary>
    public bool? LargestCc { get; init; }

    /// <summary>(<c>restore_label_idx</c>) False: voxel values are the ranks 1..N of the label names. True: the channel numbers that the bundle's metadata gives.</summary>
    public bool RestoreLabelIdx { get; init; }

    /// <summary>(<c>result_extension</c>) With its dot: <c>.nrrd</c>, <c>.seg.nrrd</c>, <c>.nii</c>, <c>.nii.gz</c>. Null: that of the image.</summary>
    public string? ResultExtension { get; init; }

    /// <summary>(<c>result_dtype</c>) A numpy name, such as <c>uint8</c>. Null: the smallest unsigned type that holds all labels.</summary>
    public string? ResultDtype { get; init; }

    /// <summary>(<c>result_compress</c>) Whether a NRRD is compressed with gzip.</summary>
    public bool ResultCompress { get; init; }

    /// <summary>(<c>device</c>) A name of the model's device list, <c>cpu</c>, or <c>cuda</c> or <c>directml</c> with or without a number behind a colon. A GPU that is not there means the CPU.</summary>
    public string? Device { get; init; }

    /// <summary>(<c>precision</c>) The number type of the network's arithmetic.</summary>
    public InferencePrecision Precision { get; init; }

    /// <summary>(<c>timeout</c>) The longest time the job may run, without the time it waits. Null: the server's limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Values for further keys of the bundle's <c>displayable_configs</c>; keys that the bundle does not have are ignored, as the protocol does.</summary>
    public IReadOnlyDictionary<string, JsonElement> Displayable { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>The number type of the network's arithmetic. Results differ in a few voxels where two labels are nearly equally likely.</summary>
public enum InferencePrecision
{
    /// <summary>What was measured to be fastest on the device among those that keep the result.</summary>
    Auto,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16 with sums in single precision.</summary>
    BFloat16,
}
