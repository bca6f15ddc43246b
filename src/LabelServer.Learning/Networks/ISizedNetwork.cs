namespace LabelServer.Learning.Networks;

/// <summary>A network that takes only sizes that are divisible by a number.</summary>
public interface ISizedNetwork
{
    /// <summary>Each spatial size must be a multiple of this.</summary>
    int SizeMultiple { get; }
}
