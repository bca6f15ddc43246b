using System.Numerics;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Proposals;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Finds out what is known of each image with a proposal of a model. Reads label maps, so it takes a while; what it found is kept until proposal or label change.</summary>
internal sealed partial class FactCollector(IDatastore datastore, ProposalStore proposals, LabelAgreement agreement, ILogger<FactCollector> logger)
{
    private readonly Dictionary<(string Image, string Model), (string Stamp, ImageFacts Facts)> _known = [];

    /// <summary>Collects. Called by one job at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Looked at before each image.</param>
    public async Task<IReadOnlyList<ImageFacts>> CollectAsync(string model, CancellationToken cancellationToken)
    {
        var facts = new List<ImageFacts>();
        foreach (var image in datastore.Snapshot().Images.Where(i => !i.IsAttachment))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (proposals.Find(image, model) is { } proposal && await FactsAsync(image, proposal, cancellationToken) is { } found)
                facts.Add(found with { Entropy = proposals.FindUncertainty(image, model)?.Entropy, Features = proposals.FindUncertainty(image, model)?.Features ?? [] });
        }

        return facts;
    }

    private async Task<ImageFacts?> FactsAsync(ImageEntry image, Proposal proposal, CancellationToken cancellationToken)
    {
        var label = image.FindLabel(LabelTags.Final);
        var stamp = $"{proposal.Time} {proposal.Extension} {(label is null ? "-" : LabelStamp.Of(label).Id)}";
        if (_known.TryGetValue((image.Id, proposal.Model), out var known) && known.Stamp == stamp)
            return known.Facts;
        try
        {
            await using var content = await proposals.OpenAsync(image, proposal, cancellationToken);
            if (content is null)
                return null;
            var names = proposal.LabelNames.ToDictionary(n => n.Value, n => n.Key);
            var facts = label is not null && label.ValueNames() is { Count: > 0 } labelNames
                ? await ComparedAsync(image, new NamedLabel(content, "proposal" + proposal.Extension, names), Respelled(labelNames, names.Values), cancellationToken)
                : new ImageFacts(image.Id, null, await VolumesAsync(content, "proposal" + proposal.Extension, names, cancellationToken), [], null, null);
            _known[(image.Id, proposal.Model)] = (stamp, facts);
            return facts;
        }
        catch (Exception error) when (error is ImagingException or LabelNotFoundException or IOException)
        {
            LogLeftOut(image.Id, error.Message);
            return null;
        }
    }

    // As everywhere, names are the same in upper and lower case; the model's spelling is the one that goes on.
    private static Dictionary<int, string> Respelled(IReadOnlyDictionary<int, string> names, IReadOnlyCollection<string> known) =>
        names.ToDictionary(n => n.Key, n => known.FirstOrDefault(k => k.Equals(n.Value, StringComparison.OrdinalIgnoreCase)) ?? n.Value);

    private async Task<ImageFacts> ComparedAsync(ImageEntry image, NamedLabel proposal, Dictionary<int, string> labelNames, CancellationToken cancellationToken)
    {
        await using var file = datastore.OpenLabel(image.Id, LabelTags.Final);
        var (structures, voxel) = await agreement.CompareAsync(proposal, new NamedLabel(file.Content, file.Name, labelNames), withDistances: false, cancellationToken);

        // Only what both the model and the annotator know: an annotator may label one organ of a hundred.
        var shared = structures.Where(s => proposal.Names!.Values.Contains(s.Key) && labelNames.ContainsValue(s.Key)).ToList();
        var counted = shared.Where(s => s.Value.First + s.Value.Second > 0).ToList();
        return new ImageFacts(
            image.Id,
            null,
            structures.ToDictionary(s => s.Key, s => s.Value.First * voxel),
            [],
            shared.ToDictionary(s => s.Key, s => s.Value.Second * voxel),
            counted.Count == 0 ? null : counted.Average(s => s.Value.Dice));
    }

    private static async Task<IReadOnlyDictionary<string, double>> VolumesAsync(Stream content, string name, Dictionary<int, string> names, CancellationToken cancellationToken)
    {
        using var volume = await VolumeReader.LoadAsync(content, name, cancellationToken: cancellationToken);
        var counts = volume.Volume.Accept<Counter, Dictionary<long, long>>(default);
        var voxel = Math.Abs(volume.Volume.Grid.Affine.Determinant);
        return names.ToDictionary(n => n.Value, n => counts.GetValueOrDefault(n.Key) * voxel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The image '{Id}' is left out of the regression of the strategy 'hardest': {Reason}")]
    private partial void LogLeftOut(string id, string reason);

    private readonly struct Counter : IVolumeVisitor<Dictionary<long, long>>
    {
        public Dictionary<long, long> Visit<T>(Volume<T> volume)
            where T : unmanaged, INumber<T>
        {
            var counts = new Dictionary<long, long>();
            var samples = volume.Samples;
            for (var at = 0; at < samples.Length;)
            {
                // Labels come in runs.
                var (value, from) = (samples[at], at);
                while (at < samples.Length && samples[at] == value)
                {
                    at++;
                }

                var key = long.CreateSaturating(value);
                counts[key] = counts.GetValueOrDefault(key) + at - from;
            }

            return counts;
        }
    }
}
