namespace LabelServer.Learning.Networks;

/// <summary>A module that can drop features at inference even where its definition names no dropout.</summary>
public interface IDropoutModule
{
    /// <summary>Turns dropout on at the place where training would have it, or off.</summary>
    /// <param name="probability">The share that is dropped, above 0 and below 1; null turns it off.</param>
    void UseDropout(double? probability);
}
