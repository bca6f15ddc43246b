namespace LabelServer.Learning.Networks;

/// <summary>A network some of whose weights are saved by MONAI and read by nothing; versions of MONAI differ in which ones there are.</summary>
public interface IUnreadWeights
{
    /// <summary>Whether a checkpoint may have the key or lack it.</summary>
    bool IsUnread(string key);
}
