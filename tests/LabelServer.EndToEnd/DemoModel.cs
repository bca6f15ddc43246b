using LabelServer.Testing;

namespace LabelServer.EndToEnd;

/// <summary>The model with weights that comes with the repository.</summary>
internal static class DemoModel
{
    public const string Name = "phantom_ct_segmentation";

    /// <summary>Arguments that offer it, and a model whose weights are not there.</summary>
    public static string[] Arguments => ["--conf", "models", "phantom_ct_segmentation,wholeBody_ct_segmentation"];

    /// <summary>Skips the running test when the model is not there.</summary>
    public static void Require()
        => Assert.SkipUnless(Directory.Exists(Path.Combine(SharedFolders.Repository, "models", Name)), $"The repository has no model {Name}.");
}
