using LabelServer.ActiveLearning.Hardest;
using LabelServer.Apps;
using LabelServer.Models;

namespace LabelServer.ActiveLearning;

/// <summary>The strategies that the app declares: those without a model, and for each model that can run now those that look at its scores.</summary>
/// <remarks><c>epistemic</c> in the declaration stands for <c>MODEL_epistemic</c> of every model that can drop features out, <c>tta</c> for <c>MODEL_tta</c>. So a model whose weights arrive later has its strategies at once.</remarks>
public sealed class StrategyCatalog
{
    private readonly AppDeclaration _app;
    private readonly ModelCatalog _models;
    private readonly HardestStrategy _hardest;
    private readonly bool _isEnabled;

    internal StrategyCatalog(AppDeclaration app, ModelCatalog models, HardestStrategy hardest, bool isEnabled)
    {
        (_app, _models, _hardest, _isEnabled) = (app, models, hardest, isEnabled);
    }

    /// <summary>All of them, in the order of <c>/info/</c>.</summary>
    public IReadOnlyList<IStrategy> All => _isEnabled ? [.. _app.Strategies.SelectMany(Of)] : [];

    /// <summary>The strategy of that name.</summary>
    /// <exception cref="StrategyUnknownException">There is none.</exception>
    public IStrategy Require(string name)
    {
        var all = All;
        return all.FirstOrDefault(s => s.Name == name)
            ?? throw new StrategyUnknownException($"There is no active learning strategy '{name}'. This server has: {string.Join(", ", all.Select(s => s.Name))}.");
    }

    private IEnumerable<IStrategy> Of(string declared) => declared switch
    {
        "random" => [new RandomStrategy(Random.Shared.NextDouble)],
        "first" => [new FirstStrategy()],
        "last" => [new LastStrategy()],
        "hardest" => [_hardest],
        "epistemic" => _models.UsableModels.Where(m => m.CanDropOut).Select(m => new EpistemicStrategy(
            $"{m.Id}_epistemic", $"Images about which {m.Id} is least certain: the entropy of its mean prediction over passes with dropout, as the scoring of this name last found it", ScoreKeys.Entropy)),
        "tta" => _models.UsableModels.Select(m => new EpistemicStrategy(
            $"{m.Id}_tta", $"Images about which {m.Id} is least certain: the entropy of its mean prediction over mirrored copies of the image, as the scoring of this name last found it", ScoreKeys.MirroredEntropy)),
        _ => [],
    };
}
