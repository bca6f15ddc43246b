using System.Buffers.Binary;
using LabelServer.Errors;

namespace LabelServer.Models;

/// <summary>Looks whether a file that was uploaded as weights is one. Nothing in it is executed.</summary>
internal static class WeightsCheck
{
    /// <summary>Requires a torch zip, a legacy pickle or a safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name, for the message.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadRequestException">The file is none of them.</exception>
    public static async Task RequireReadableAsync(string path, string name, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.Asynchronous);
        var start = new byte[9];
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var isZip = length >= 4 && start.AsSpan(0, 4).SequenceEqual("PK\u0003\u0004"u8);
        var isPickle = length >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5;
        var isSafetensors = length == 9 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) < (ulong)file.Length;
        if (!isZip && !isPickle && !isSafetensors)
            throw new BadRequestException($"The upload for {name} holds no weights: it is neither a PyTorch file (.pt, .pth, .ts) nor .safetensors. The present weights stay in use.");
    }
}
