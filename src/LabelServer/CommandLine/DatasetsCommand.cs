using System.CommandLine;
using LabelServer.SampleData;

namespace LabelServer.CommandLine;

/// <summary><c>labelserver datasets</c>, in the words of MONAI Label: what one may try the server with. Synthetic scans are made here; real ones are fetched by people, from where they are published.</summary>
internal static class DatasetsCommand
{
    private const string Phantom = "phantom_ct";
    private const string Source = "http://medicaldecathlon.com";

    // Medical Segmentation Decathlon: task, what it shows.
    private static readonly (string Name, string Shows)[] Decathlon =
    [
        ("Task01_BrainTumour", "brain tumours, MR"), ("Task02_Heart", "left atrium, MR"), ("Task03_Liver", "liver and tumours, CT"), ("Task04_Hippocampus", "hippocampus, MR"),
        ("Task05_Prostate", "prostate, MR"), ("Task06_Lung", "lung tumours, CT"), ("Task07_Pancreas", "pancreas and tumours, CT"), ("Task08_HepaticVessel", "vessels of the liver, CT"),
        ("Task09_Spleen", "spleen, CT"), ("Task10_Colon", "colon cancer, CT"),
    ];

    /// <summary>Creates the command.</summary>
    public static Command Create()
        => new DownloadCommand("datasets", "Lists data to try the server with, or writes the synthetic scans.").ToCommand((_, output, _) => ListAsync(output), WriteAsync);

    private static async Task ListAsync(TextWriter output)
    {
        await output.WriteLineAsync("Available datasets are:");
        await output.WriteLineAsync($"  {Phantom,-22} synthetic CT scans with labels, written by this program");
        await output.WriteLineAsync($"From {Source}, to be fetched from there (imagesTr is the studies folder; labelsTr goes to its labels/final):");
        foreach (var (name, shows) in Decathlon)
            await output.WriteLineAsync($"  {name,-22} {shows}");
    }

    private static async Task WriteAsync(DownloadRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        if (Decathlon.Any(d => d.Name == request.Name))
        {
            throw new DownloadRefusedException($"This program does not fetch '{request.Name}'. Take {request.Name}.tar from {Source}, unpack it, "
                + "and start with --studies on its folder imagesTr; finished labels of labelsTr belong into imagesTr/labels/final.");
        }

        if (request.Name != Phantom)
            throw new DownloadRefusedException($"There is no dataset '{request.Name}'. Available are: {Phantom}, {string.Join(", ", Decathlon.Select(d => d.Name))}.");
        var target = request.Target();
        await SampleDataWriter.WriteAsync(target, seed: 1, count: 4, output, cancellationToken);
        await output.WriteLineAsync($"{request.Name} was written to {target}. Start with --studies {target}.");
    }
}
