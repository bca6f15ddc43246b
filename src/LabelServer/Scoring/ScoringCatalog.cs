using LabelServer.ActiveLearning;
using LabelServer.Apps;
using LabelServer.Errors;
using LabelServer.Models;

namespace LabelServer.Scoring;

/// <summary>The scoring methods that the app declares: those without a model, and for each model that can run now those that need it.</summary>
/// <remarks><c>epistemic</c> and <c>tta</c> of the declaration stand for <c>MODEL_epistemic</c> of every model that can drop features out and <c>MODEL_tta</c> of every model; a model's bare name is taken for its epistemic scoring, as in the original's app for bundles.</remarks>
public sealed class ScoringCatalog
{
    private readonly AppDeclaration _app;
    private readonly ModelCatalog _models;
    private readonly Dictionary<string, IScoringMethod> _withoutModel = new(StringComparer.Ordinal);
    private readonly UncertaintyScoringServices _services;
    private readonly bool _isEnabled;

    internal ScoringCatalog(AppDeclaration app, ModelCatalog models, IEnumerable<IScoringMethod> withoutModel, UncertaintyScoringServices services, bool isEnabled)
    {
        (_app, _models, _services, _isEnabled) = (app, models, services, isEnabled);

        // Of two with one name the one that was registered later holds, as the container does it for a single service.
        foreach (var method in withoutModel)
            _withoutModel[method.Name] = method;
    }

    /// <summary>All of them, in the order of <c>/info/</c>.</summary>
    public IReadOnlyList<IScoringMethod> All => _isEnabled ? [.. _app.Scoring.SelectMany(Of)] : [];

    /// <summary>The method of that name.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    public IScoringMethod Require(string name)
    {
        var all = All;
        return all.FirstOrDefault(s => s.Name == name) ?? all.FirstOrDefault(s => s.Name == name + "_epistemic")
            ?? throw new ResourceNotFoundException($"There is no scoring method '{name}'. This server has: {(all.Count == 0 ? "none" : string.Join(", ", all.Select(s => s.Name)))}.");
    }

    private IEnumerable<IScoringMethod> Of(string declared) => declared switch
    {
        "epistemic" => _models.UsableModels.Where(m => m.CanDropOut).Select(m => new UncertaintyScoring(
            $"{m.Id}_epistemic", $"Entropy of the mean prediction of {m.Id} over passes with dropout, for images without a final label", m, flips: false, (ScoreKeys.Entropy, ScoreKeys.EntropyTime), _services)),
        "tta" => _models.UsableModels.Select(m => new UncertaintyScoring(
            $"{m.Id}_tta", $"Entropy of the mean prediction of {m.Id} over mirrored copies, for images without a final label", m, flips: true, (ScoreKeys.MirroredEntropy, ScoreKeys.MirroredTime), _services)),
        _ => _withoutModel.TryGetValue(declared, out var method) ? [method] : [],
    };
}
