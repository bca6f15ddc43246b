namespace LabelServer.Worker.Calls;

/// <summary>A place where one inference runs at a time: a GPU, or on a machine without any the CPU. Bundles stay loaded on the device of their lane.</summary>
/// <param name="Device">The device that a request without a wish gets here; empty leaves it to the runtime.</param>
/// <param name="Runners">The bundles that are open here.</param>
internal sealed record InferenceLane(string Device, BundleRunnerCache Runners)
{
    /// <summary>The device that a request gets here.</summary>
    /// <param name="wish">What it names. Who has no wish, or names a kind of GPU without its number, gets the device of the lane; one that names the CPU stays there.</param>
    public string DeviceFor(string wish)
    {
        var isOpen = wish.Length == 0 || wish.Equals("auto", StringComparison.OrdinalIgnoreCase) || Device.StartsWith(wish + ":", StringComparison.OrdinalIgnoreCase);
        return isOpen ? Device : wish;
    }
}
