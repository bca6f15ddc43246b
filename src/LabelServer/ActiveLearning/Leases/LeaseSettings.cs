using System.Globalization;
using LabelServer.Hosting;

namespace LabelServer.ActiveLearning.Leases;

/// <summary>How long an image stays reserved, and for how many: <c>--conf reservation_minutes</c> and <c>--conf readers_per_image</c>.</summary>
/// <param name="Duration">From the last use on.</param>
/// <param name="ReadersPerImage">How many annotators are to label each image; usually 1.</param>
public sealed record LeaseSettings(TimeSpan Duration, int ReadersPerImage)
{
    /// <summary>An hour, one reader.</summary>
    public static LeaseSettings Default { get; } = new(TimeSpan.FromMinutes(60), 1);

    /// <summary>Reads the settings.</summary>
    /// <param name="conf">Pairs of <c>--conf</c>.</param>
    /// <exception cref="ServerOptionsException">A value is wrong.</exception>
    public static LeaseSettings From(IReadOnlyDictionary<string, string> conf)
    {
        var faults = new List<string>();
        var minutes = Default.Duration.TotalMinutes;
        if (conf.TryGetValue("reservation_minutes", out var text) && !(double.TryParse(text, CultureInfo.InvariantCulture, out minutes) && minutes is > 0 and <= 525600))
            faults.Add($"--conf reservation_minutes {text}: give a number of minutes above 0, at most a year.");
        var readers = Default.ReadersPerImage;
        if (conf.TryGetValue("readers_per_image", out text) && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out readers) && readers is >= 1 and <= 100))
            faults.Add($"--conf readers_per_image {text}: give a whole number from 1 to 100.");
        return faults.Count == 0 ? new(TimeSpan.FromMinutes(minutes), readers) : throw new ServerOptionsException(faults);
    }
}
