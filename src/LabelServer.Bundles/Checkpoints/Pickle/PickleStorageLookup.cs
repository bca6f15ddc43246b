namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>Gives the storage of a persistent id.</summary>
internal delegate PickleStorage PickleStorageLookup(object? id);
