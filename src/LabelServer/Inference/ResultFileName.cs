using System.Security.Cryptography;

namespace LabelServer.Inference;

/// <summary>Names of result files: <c>tmp</c>, eight random characters, and the extension, as the original names them. Clients save under this name, so it must be unique and bare.</summary>
internal static class ResultFileName
{
    private const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789_";

    /// <summary>A new name.</summary>
    /// <param name="extension">With its dot.</param>
    public static string Create(string extension) => "tmp" + RandomNumberGenerator.GetString(Characters, 8) + extension;
}
