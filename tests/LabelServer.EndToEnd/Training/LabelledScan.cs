using LabelServer.EndToEnd.Clients;

namespace LabelServer.EndToEnd.Training;

/// <summary>An image with its true label, as files.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Image">A packed NIfTI file.</param>
/// <param name="Label">A packed NIfTI file with 1 for the anterior part and 2 for the posterior one.</param>
internal sealed record LabelledScan(string Id, byte[] Image, byte[] Label)
{
    /// <summary>What Slicer sends with a label.</summary>
    public const string LabelParameters = """{"label_info":[{"name":"Anterior","idx":1},{"name":"Posterior","idx":2}],"client_id":"user-xyz"}""";

    private const int Edge = 20;

    /// <summary>Made-up scans in the manner of a hippocampus: two bodies, one behind the other, each a little brighter than the one before, in noise.</summary>
    public static IReadOnlyList<LabelledScan> MadeUp(int count) => [.. Enumerable.Range(0, count).Select(n =>
    {
        var random = new Random(n);
        var (x, y, z) = (8 + random.Next(4), 8 + random.Next(4), 8 + random.Next(4));
        int[] size = [Edge, Edge, Edge];
        return new LabelledScan(
            $"scan_{n:D2}",
            NiftiBytes.GZip(NiftiBytes.UInt8(size, OneMillimetre, (i, j, k) => (byte)(60 + (60 * Part(i - x, j - y, k - z)) + random.Next(20)))),
            NiftiBytes.GZip(NiftiBytes.UInt8(size, OneMillimetre, (i, j, k) => Part(i - x, j - y, k - z))));
    })];

    /// <summary>Scans of the shared data.</summary>
    public static IReadOnlyList<LabelledScan> Real(string folder, int count) => [.. Directory.GetFiles(Path.Combine(folder, "images"), "*.nii.gz").Order(StringComparer.Ordinal).Take(count).Select(path =>
        new LabelledScan(Path.GetFileName(path).Split('.')[0], File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(folder, "labels", Path.GetFileName(path)))))];

    private static double[] OneMillimetre => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

    private static byte Part(int i, int j, int k) => (byte)((i * i) + (k * k) > 16 || j is < -6 or > 6 ? 0 : j > 0 ? 1 : 2);
}
