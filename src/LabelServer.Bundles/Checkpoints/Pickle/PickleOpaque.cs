namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>Something plain that is passed over, such as a numpy array beside the state dict.</summary>
internal sealed record PickleOpaque(string Name);
