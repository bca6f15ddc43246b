namespace LabelServer.Models;

/// <summary>Guesses a model's type from the name of its folder, in MONAI Label's order (monailabel/tasks/infer/bundle.py, <c>_get_type</c>).</summary>
public static class ModelType
{
    /// <summary>The type that takes clicks and has the background as a label of its own.</summary>
    public const string DeepEdit = "deepedit";

    private const string Segmentation = "segmentation";
    private static readonly string[] Known = [DeepEdit, "deepgrow", "detection", Segmentation, "classification"];

    /// <summary>All types.</summary>
    public static IReadOnlyList<string> All => Known;

    /// <summary>The first known type that the name contains; <c>segmentation</c> when it contains none.</summary>
    public static string Guess(string folderName) =>
        Known.FirstOrDefault(type => folderName.Contains(type, StringComparison.OrdinalIgnoreCase)) ?? Segmentation;
}
