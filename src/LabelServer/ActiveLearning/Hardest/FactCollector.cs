using System.Numerics;
using LabelServer.Datastore;
using LabelServer.Datastore.Versions;
using LabelServer.Imaging;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Volumes;
using LabelServer.Proposals;

namespace LabelServer.ActiveLearning.Hardest;

/// <summary>Finds out what is known of each image with a proposal of a model or a final label. Reads label maps, so it takes a while; what it found is kept until proposal or label change.</summary>
internal sealed partial class FactCollector(IDatastore datastore, ProposalStore proposals, LabelAgreement agreement, ILogger<FactCollector> logger)
{
    private readonly Dictionary<(string Image, string? Model), (string Stamp, ImageFacts Facts)> _known = [];

    /// <summary>Collects. Called by one job at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Looked at before each image.</param>
    public async Task<IReadOnlyList<ImageFacts>> CollectAsync(string model, CancellationToken cancellationToken)
    {
        var facts = new List<ImageFacts>();
        foreach (var image in datastore.Snapshot().Images.Where(i => !i.IsAttachment))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var proposal = proposals.Find(image, model);
            if (await FactsAsync(image, proposal, cancellationToken) is { } found)
                facts.Add(found with { Weights = proposal?.Weights ?? [], Dropout = proposals.FindUncertainty(image, model, flips: false), Mirrored = proposals.FindUncertainty(image, model, flips: true) });
        }

        return facts;
    }

    private async Task<ImageFacts?> FactsAsync(ImageEntry image, Proposal? proposal, CancellationToken cancellationToken)
    {
        var label = image.FindLabel(LabelTags.Final);
        var stamp = $"{proposal?.Time} {proposal?.Extension} {string.Join(',', proposal?.Weights ?? [])} {(label is null ? "-" : LabelStamp.Of(label).Id)}";
        if (_known.TryGetValue((image.Id, proposal?.Model), out var known) && known.Stamp == stamp)
            return known.Facts;
        try
        {
            await using var content = proposal is null ? null : await proposals.OpenAsync(image, proposal, cancellationToken);
            if (content is null && label is null)
                return null;
            var proposed = content is null ? null : new NamedLabel(content, "proposal" + proposal!.Extension, proposal.LabelNames.ToDictionary(n => n.Value, n => n.Key));
            var facts = await FactsAsync(image, proposed, label, cancellationToken);
            _known[(image.Id, proposal?.Model)] = (stamp, facts);
            return facts;
        }
        catch (Exception error) when (error is ImagingException or LabelNotFoundException or IOException)
        {
            LogLeftOut(image.Id, error.Message);
            return null;
        }
    }

    private async Task<ImageFacts> FactsAsync(ImageEntry image, NamedLabel? proposal, LabelEntry? label, CancellationToken cancellationToken)
    {
        var facts = new ImageFacts(image.Id);
        if (label is null)
            return facts with { Proposed = await VolumesAsync(proposal!, cancellationToken) };
        if (label.ValueNames() is not { Count: > 0 } names)
            return facts with { Proposed = proposal is null ? null : await VolumesAsync(proposal, cancellationToken), Corrected = new Dictionary<string, double>() };
        await using var file = datastore.OpenLabel(image.Id, LabelTags.Final);
        var final = new NamedLabel(file.Content, file.Name, names);
        return proposal is null ? facts with { Corrected = await VolumesAsync(final, cancellationToken) } : await ComparedAsync(facts, proposal, final, cancellationToken);
    }

    private async Task<ImageFacts> ComparedAsync(ImageFacts facts, NamedLabel proposal, NamedLabel final, CancellationToken cancellationToken)
    {
        var (structures, voxel) = await agreement.CompareAsync(proposal, final, withDistances: false, cancellationToken);
        var (proposed, corrected) = (proposal.Names!.Values.ToHashSet(StringComparer.OrdinalIgnoreCase), final.Names!.Values.ToHashSet(StringComparer.OrdinalIgnoreCase));

        // Only what both the model and the annotator know: an annotator may label one organ of a hundred.
        var counted = structures.Where(s => proposed.Contains(s.Key) && corrected.Contains(s.Key) && s.Value.First + s.Value.Second > 0).ToList();
        return facts with
        {
            Proposed = structures.Where(s => proposed.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value.First * voxel, StringComparer.OrdinalIgnoreCase),
            Corrected = structures.Where(s => corrected.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value.Second * voxel, StringComparer.OrdinalIgnoreCase),
            Dice = counted.Count == 0 ? null : counted.Average(s => s.Value.Dice),
        };
    }

    private static async Task<IReadOnlyDictionary<string, double>> VolumesAsync(NamedLabel label, CancellationToken cancellationToken)
    {
        using var volume = await VolumeReader.LoadAsync(label.Content, label.FileName, cancellationToken: cancellationToken);
        var counts = volume.Volume.Accept<Counter, Dictionary<long, long>>(default);
        var voxel = Math.Abs(volume.Volume.Grid.Affine.Determinant);
        return label.Names!.GroupBy(n => n.Value, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.Sum(n => counts.GetValueOrDefault(n.Key)) * voxel, StringComparer.OrdinalIgnoreCase);
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
