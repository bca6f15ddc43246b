namespace LabelServer.Auth;

/// <summary>What a user may do. Roles are flat, as in MONAI Label: none of them includes another (protocol 3.3).</summary>
public enum Role
{
    /// <summary>Reads images, labels and states, and changes nothing. Not in MONAI Label.</summary>
    ReadOnly,

    /// <summary>Reads, infers, asks for the next image, uses sessions.</summary>
    User,

    /// <summary>Adds images, submits labels, scores.</summary>
    Annotator,

    /// <summary>Known to the protocol, asked for by no endpoint.</summary>
    Reviewer,

    /// <summary>Trains, removes, runs batches, reads the log.</summary>
    Admin,
}
