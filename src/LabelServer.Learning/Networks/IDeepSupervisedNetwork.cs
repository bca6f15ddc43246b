using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>A network that gives scores for coarser levels as well, for training.</summary>
public interface IDeepSupervisedNetwork
{
    /// <summary>The scores of all levels that have a head, the finest first: [N, classes, …], each on its own grid. What MONAI's network gives in training.</summary>
    IReadOnlyList<Tensor> Levels(Tensor input);
}
