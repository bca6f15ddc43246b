using System.CommandLine;
using LabelServer.SampleData;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver sampledata OUT</c>: writes synthetic scans with true labels as a studies folder.</summary>
internal static class SampleDataCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("OUT") { Description = "The folder to write to; created when it is missing." };
        var seed = new Option<int>("--seed") { Description = "The seed of the first scan.", DefaultValueFactory = _ => 1 };
        var count = new Option<int>("--count") { Description = "How many scans, 1 to 1000.", DefaultValueFactory = _ => 4 };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--count must be 1 to 1000.");
            }
        });
        var command = new Command("sampledata", "Writes synthetic CT scans with true labels, as a studies folder.") { folder, seed, count };
        command.SetAction(async (result, cancellationToken) =>
        {
            try
            {
                await SampleDataWriter.WriteAsync(result.GetRequiredValue(folder), result.GetValue(seed), result.GetValue(count), result.InvocationConfiguration.Output, cancellationToken);
                return 0;
            }
            catch (Exception e) when (e is SampleDataExistsException or IOException or UnauthorizedAccessException)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }
}
