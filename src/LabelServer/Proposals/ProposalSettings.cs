using System.Globalization;
using LabelServer.Hosting;

namespace LabelServer.Proposals;

/// <summary>How much room kept proposals may take: <c>--conf proposals_mib</c>.</summary>
/// <param name="MaxBytes">Bytes in all; 0 keeps none.</param>
internal sealed record ProposalSettings(long MaxBytes)
{
    private const long DefaultMebibytes = 2048;

    /// <summary>Reads the setting.</summary>
    /// <exception cref="ServerOptionsException">It is no number.</exception>
    public static ProposalSettings From(IReadOnlyDictionary<string, string> conf)
    {
        var mebibytes = DefaultMebibytes;
        return conf.TryGetValue("proposals_mib", out var text) && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out mebibytes) && mebibytes <= 1 << 30)
            ? throw new ServerOptionsException([$"--conf proposals_mib {text}: give a whole number of MiB, 0 to keep no proposals."])
            : new(mebibytes << 20);
    }
}
