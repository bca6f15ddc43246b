using System.Security.Cryptography;

namespace LabelServer.Models;

/// <summary>Checksums of weights files, as <c>large_files.yml</c> gives them.</summary>
internal static class Checksum
{
    /// <summary>The checksum of a file, in lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hashType"><c>md5</c>, <c>sha1</c>, <c>sha256</c> or <c>sha512</c>.</param>
    /// <param name="progress">Told the bytes read so far.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<string> OfAsync(string path, string hashType, Action<long>? progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(hashType switch
        {
            "md5" => HashAlgorithmName.MD5,
            "sha1" => HashAlgorithmName.SHA1,
            "sha256" => HashAlgorithmName.SHA256,
            "sha512" => HashAlgorithmName.SHA512,
            _ => throw new ArgumentOutOfRangeException(nameof(hashType), hashType, "No such checksum."),
        });
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var buffer = new byte[1 << 20];
        long done = 0;
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            progress?.Invoke(done += read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
