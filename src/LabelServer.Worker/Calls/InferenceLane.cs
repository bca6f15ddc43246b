namespace LabelServer.Worker.Calls;

/// <summary>A place where one inference runs at a time: a GPU, or on a machine without any the CPU. Bundles stay loaded on the device of their lane.</summary>
/// <param name="Device">The device that a request without a wish gets here; empty leaves it to the runtime.</param>
/// <param name="Runners">The bundles that are open here.</param>
internal sealed record InferenceLane(string Device, BundleRunnerCache Runners);
