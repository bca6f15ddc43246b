namespace LabelServer.Inference.Pipelines;

/// <summary>What the inferer hands to postprocessing.</summary>
internal enum PostprocessingKind
{
    /// <summary>The winner of each voxel: nothing else is ever held.</summary>
    Labels,

    /// <summary>All scores on the model's grid, which are interpolated onto the image's grid class by class and compared at once.</summary>
    InverseOfScores,

    /// <summary>All scores on the model's grid, for the chain as it is written.</summary>
    Scores,
}
