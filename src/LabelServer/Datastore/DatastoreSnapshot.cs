namespace LabelServer.Datastore;

/// <summary>The whole store at one moment.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Description">The data set's description.</param>
/// <param name="Images">The images in ordinal order of their ids.</param>
public sealed record DatastoreSnapshot(string Name, string Description, IReadOnlyList<ImageEntry> Images);
