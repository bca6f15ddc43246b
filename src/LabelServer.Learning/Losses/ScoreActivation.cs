namespace LabelServer.Learning.Losses;

/// <summary>What turns a network's scores into probabilities, and with it whether classes exclude each other.</summary>
public enum ScoreActivation
{
    /// <summary>The scores are used as they are.</summary>
    None,

    /// <summary>Each channel for itself: a voxel may belong to several classes.</summary>
    Sigmoid,

    /// <summary>Over the channels: a voxel belongs to one class. Ignored for a single channel.</summary>
    Softmax,
}
