using LabelServer.Datastore.Disk;

namespace LabelServer.Datastore.Index;

/// <summary>Does the steps on disk that belong to a change.</summary>
internal static class DiskStepRunner
{
    /// <summary>Does the steps, first the rename, then the removals.</summary>
    /// <param name="layout">The folder.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="steps">The steps; those that are done already do no harm.</param>
    /// <param name="moved">True as soon as something has changed that cannot be taken back.</param>
    public static void Run(StudiesLayout layout, IStoreDisk disk, DiskSteps steps, ref bool moved)
    {
        if (steps.From is not null && steps.To is not null)
        {
            var from = layout.Absolute(steps.From);
            var to = layout.Absolute(steps.To);
            if (File.Exists(from))
            {
                disk.CreateFolder(Path.GetDirectoryName(to)!);
                disk.Move(from, to);
                moved = true;
                disk.FlushFolder(Path.GetDirectoryName(to)!);
            }
        }

        foreach (var path in steps.Deletes)
        {
            disk.Delete(layout.Absolute(path));
            moved = true;
        }
    }
}
