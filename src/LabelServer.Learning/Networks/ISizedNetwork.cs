namespace LabelServer.Learning.Networks;

/// <summary>A network that takes only sizes that are divisible by a number.</summary>
public interface ISizedNetwork
{
    /// <summary>Each spatial size must be a multiple of this, unless <see cref="MultipleAlong"/> says less for an axis.</summary>
    int SizeMultiple { get; }

    /// <summary>The size along this axis must be a multiple of the result.</summary>
    /// <param name="axis">0, 1 or 2: X, Y or Z.</param>
    int MultipleAlong(int axis) => SizeMultiple;
}
