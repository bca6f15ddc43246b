using LabelServer.Inference;

namespace LabelServer.Models;

/// <summary>Which weights a request runs with, and which value of <c>highres</c> goes with them.</summary>
/// <param name="FileName">The weights file in the bundle's <c>models</c> folder.</param>
/// <param name="Highres">The value of <c>highres</c>, or null when the bundle has no such choice.</param>
/// <remarks>
/// Spacing and weights are one choice. <c>auto</c>, empty and null follow <c>highres</c>; any other listed name wins, and if it belongs to one resolution the spacing follows it.
/// Intended difference: in MONAI Label the toggle changes only the spacing, and 3.0 mm images go through weights for 1.5 mm.
/// </remarks>
public sealed record WeightsChoice(string FileName, bool? Highres)
{
    /// <summary>The entry that means "follow <c>highres</c>".</summary>
    public const string Auto = "auto";

    /// <summary>Decides for one request.</summary>
    /// <param name="model">The model as it is now.</param>
    /// <param name="modelFilename">The request's <c>model_filename</c>.</param>
    /// <param name="highres">The request's <c>highres</c>; null takes the bundle's default, or the only one that is there.</param>
    /// <exception cref="ModelNotUsableException">The model can not run, or the weights for that choice are missing; the message has the command that fetches them.</exception>
    public static WeightsChoice For(ModelDescription model, string? modelFilename, bool? highres)
    {
        if (model.Problem is { } problem)
            throw new ModelNotUsableException(problem);
        if (!string.IsNullOrWhiteSpace(modelFilename) && !modelFilename.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            var named = model.Weights.FirstOrDefault(w => w.FileName.Equals(modelFilename, StringComparison.Ordinal));
            if (named is { IsPresent: true })
                return new WeightsChoice(named.FileName, named.Highres ?? (model.HasHighresChoice ? highres ?? model.DefaultHighres : null));

            // As MONAI Label does with a name that it does not know: the default weights run. A name that is known but missing is told.
            if (named is not null)
                throw new ModelNotUsableException(MissingWeights.Text(model.Id, [named]));
        }

        if (!model.HasHighresChoice)
            return new WeightsChoice(model.Weights.First(w => w.IsDefault).FileName, null);
        var wanted = highres ?? model.DefaultHighres;
        var weights = model.Weights.First(w => w.Highres == wanted);
        return weights.IsPresent ? new WeightsChoice(weights.FileName, wanted) : throw new ModelNotUsableException(MissingWeights.Text(model.Id, [weights]));
    }
}
