namespace LabelServer.Datastore.Index;

/// <summary>What the index says about the data set as a whole.</summary>
internal sealed record IndexHeader
{
    /// <summary>What MONAI Label writes for a new folder.</summary>
    public static IndexHeader Default { get; } = new() { Name = "new-dataset", Description = "New Dataset", ImagesFolder = ".", LabelsFolder = "labels" };

    /// <summary>The data set's name.</summary>
    public required string Name { get; init; }

    /// <summary>The data set's description.</summary>
    public required string Description { get; init; }

    /// <summary>The folder of the images, relative to the studies folder; empty and <c>.</c> are that folder itself.</summary>
    public required string ImagesFolder { get; init; }

    /// <summary>The folder that holds one folder for each tag, relative to the studies folder.</summary>
    public required string LabelsFolder { get; init; }

    /// <summary>Members that this program does not know.</summary>
    public InfoDocument UnknownMembers { get; init; } = InfoDocument.Empty;
}
