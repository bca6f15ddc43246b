namespace LabelServer.Datastore;

/// <summary>How many images and labels there are.</summary>
/// <param name="Total">Images.</param>
/// <param name="Completed">Images with a final label.</param>
/// <param name="LabelTags">Labels of each tag, tags without labels left out; final and original first, then in order of appearance.</param>
public sealed record DatastoreStatistics(int Total, int Completed, IReadOnlyList<KeyValuePair<string, int>> LabelTags);
