namespace LabelServer.Bundles.Checkpoints.Writing;

/// <summary>Writes a state dict in the zip format of <c>torch.save</c>, so that <c>torch.load(file, weights_only=True)</c> opens it and so do MONAI's loaders.</summary>
/// <remarks>
/// <para>Source: https://pytorch.org/docs/stable/notes/serialization.html. Records: <c>data.pkl</c>, <c>byteorder</c>, <c>data/N</c> for each tensor (stored, 64-byte aligned), <c>version</c> 3.</para>
/// <para>The same tensors give the same bytes. Memory: one tensor at a time.</para>
/// </remarks>
public static class CheckpointWriter
{
    /// <summary>Writes a file beside its final place and moves it there when it is complete and on disk, so that a reader sees the old or the new one and never a part.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or a type cannot be written.</exception>
    /// <exception cref="NotSupportedException">It would have 4 GiB or more.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written; nothing is left behind.</exception>
    public static async Task WriteAsync(string path, IReadOnlyList<CheckpointWriteTensor> tensors, CheckpointWriteOptions? options = null, CancellationToken cancellation = default)
    {
        var temporary = path + "." + Guid.NewGuid().ToString("n") + ".tmp";
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await WriteAsync(stream, tensors, options, cancellation);
                await stream.FlushAsync(cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes to a stream, front to back.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or a type cannot be written.</exception>
    /// <exception cref="NotSupportedException">It would have 4 GiB or more.</exception>
    public static async Task WriteAsync(Stream stream, IReadOnlyList<CheckpointWriteTensor> tensors, CheckpointWriteOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new CheckpointWriteOptions();
        if (options.Metadata.Count > 0 && options.StateDictKey.Length == 0)
        {
            throw new ArgumentException("Values beside the state dict need a key for the state dict.", nameof(options));
        }

        if (tensors.GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The tensor '{twice.Key}' occurs twice.", nameof(tensors));
        }

        var zip = new ZipRecordWriter(stream);
        var root = options.ArchiveName + "/";
        await zip.AddAsync(root + "data.pkl", PickleWriter.Write(tensors, options), cancellation);
        await zip.AddAsync(root + "byteorder", "little"u8.ToArray(), cancellation);
        for (var i = 0; i < tensors.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var samples = new byte[tensors[i].Bytes];
            tensors[i].Fill(samples);
            await zip.AddAsync(root + "data/" + i.ToString(System.Globalization.CultureInfo.InvariantCulture), samples, cancellation);
        }

        await zip.AddAsync(root + "version", "3\n"u8.ToArray(), cancellation);
        await zip.FinishAsync(cancellation);
    }
}
