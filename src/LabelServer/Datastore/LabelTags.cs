namespace LabelServer.Datastore;

/// <summary>The tags that have a meaning of their own. Any other tag is just a name.</summary>
public static class LabelTags
{
    /// <summary>Labels that a person submitted. An image with one counts as labelled.</summary>
    public const string Final = "final";

    /// <summary>Predictions of a model.</summary>
    public const string Original = "original";
}
