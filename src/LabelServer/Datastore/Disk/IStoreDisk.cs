namespace LabelServer.Datastore.Disk;

/// <summary>The steps by which the store changes the disk, each of which either happens or does not. Tests replace it to stop at every one of them.</summary>
internal interface IStoreDisk
{
    /// <summary>Waits until a file's bytes are on the disk.</summary>
    void FlushFile(string path);

    /// <summary>Waits until the names in a folder are on the disk.</summary>
    void FlushFolder(string path);

    /// <summary>Gives a file another name on the same disk, in place of what had that name, in one step.</summary>
    void Move(string from, string to);

    /// <summary>Gives a file a second name, or copies it where the disk can not.</summary>
    void Link(string existing, string added);

    /// <summary>Removes a file; nothing happens when it is gone already.</summary>
    void Delete(string path);

    /// <summary>Creates a folder and what is missing above it.</summary>
    void CreateFolder(string path);

    /// <summary>Appends to a file without a buffer of its own: the bytes are with the system when this returns.</summary>
    void Append(FileStream file, ReadOnlySpan<byte> bytes);

    /// <summary>Waits until what was appended to an open file is on the disk. Others may append meanwhile.</summary>
    void FlushAppended(FileStream file);

    /// <summary>Creates a file with these bytes and waits until they are on the disk.</summary>
    void Write(string path, ReadOnlySpan<byte> bytes);
}
