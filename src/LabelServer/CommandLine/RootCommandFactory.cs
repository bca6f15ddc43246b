using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary>Puts the command line together: one file per command, each with a static <c>Create</c>.</summary>
public static class RootCommandFactory
{
    /// <summary>The command line of <c>labelserver</c>.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("A server for MONAI Label clients such as 3D Slicer, and tools around its models.")
        {
            StartServerCommand.Create(),
            InferCommand.Create(),
            ModelsCommand.Create(),
            BundleCommand.Create(),
            DataCommand.Create(),
            SampleDataCommand.Create(),
            AppsCommand.Create(),
            DatasetsCommand.Create(),
            PluginsCommand.Create(),
            DoctorCommand.Create(),
            KeysCommand.Create(),
            ServiceCommand.Create(),
        };

        // As MONAI Label has it; below start_server, -v is how much is logged.
        root.Options.OfType<VersionOption>().Single().Aliases.Add("-v");
        return root;
    }
}
