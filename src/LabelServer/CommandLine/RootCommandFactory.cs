using System.CommandLine;

namespace LabelServer.CommandLine;

/// <summary>Puts the command line together: one file per command, each with a static <c>Create</c>.</summary>
public static class RootCommandFactory
{
    /// <summary>The command line of <c>labelserver</c>.</summary>
    public static RootCommand Create() => new("A server for MONAI Label clients such as 3D Slicer, and tools around its models.")
    {
        StartServerCommand.Create(),
        InferCommand.Create(),
        ModelsCommand.Create(),
        SampleDataCommand.Create(),
        DoctorCommand.Create(),
        KeysCommand.Create(),
        ServiceCommand.Create(),
    };
}
