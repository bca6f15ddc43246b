using LabelServer.Errors;

namespace LabelServer.Inference;

/// <summary>Models of MONAI Label's own apps that work with clicks or scribbles, which this server does not have yet.</summary>
internal static class OriginalModels
{
    // By the names under which the radiology, pathology and endoscopy apps serve them.
    private static readonly (string Name, string What)[] Known =
    [
        ("deepedit", "DeepEdit (clicks)"), ("sw_fastedit", "FastEdit (clicks)"), ("deepgrow", "Deepgrow (clicks)"), ("graphcut", "scribbles"), ("sam_2d", "SAM2 (clicks)"), ("sam_3d", "SAM2 (clicks)"),
        ("nuclick", "NuClick (clicks on slides)"), ("localization_", "the vertebra pipeline"), ("vertebra_pipeline", "the vertebra pipeline"), ("segmentation_vertebra", "the vertebra pipeline"),
    ];

    /// <summary>Refuses a model that MONAI Label has and this server has not, in words of its own: it is not a spelling mistake.</summary>
    /// <param name="model">A name that no bundle has.</param>
    /// <exception cref="NotImplementedHereException">MONAI Label has a model of that name.</exception>
    public static void Refuse(string model)
    {
        foreach (var (name, what) in Known)
        {
            if (model.Contains(name, StringComparison.OrdinalIgnoreCase))
                throw new NotImplementedHereException($"The model '{model}' needs {what}, which this server does not have yet. Use a segmentation model that GET /info/ lists, and correct its result in Slicer's Segment Editor.");
        }
    }
}
