namespace LabelServer.Datasets;

/// <summary>What the two versions of the TotalSegmentator data set call their structures, as far as they differ.</summary>
/// <remarks>
/// <para>Source: https://github.com/wasserth/TotalSegmentator, totalsegmentator/map_to_binary.py ("total_v1", "total"). No structure was only renamed: version 2 joins the parts of the heart, leaves out face and
/// pulmonary artery, and adds others. Nothing is therefore guessed; the names are used to say which version a folder is of.</para>
/// </remarks>
internal static class TotalSegmentatorNames
{
    private static readonly HashSet<string> Second =
    [
        "thyroid_gland", "prostate", "kidney_cyst_left", "kidney_cyst_right", "vertebrae_S1", "heart", "pulmonary_vein", "brachiocephalic_trunk", "subclavian_artery_right", "subclavian_artery_left",
        "common_carotid_artery_right", "common_carotid_artery_left", "brachiocephalic_vein_left", "brachiocephalic_vein_right", "atrial_appendage_left", "superior_vena_cava", "spinal_cord", "skull",
        "sternum", "costal_cartilages",
    ];

    private static readonly HashSet<string> First =
        ["heart_myocardium", "heart_atrium_left", "heart_ventricle_left", "heart_atrium_right", "heart_ventricle_right", "pulmonary_artery", "face"];

    /// <summary>True for a structure that only version 2 of the data set has.</summary>
    public static bool IsOnlyInSecond(string name) => Second.Contains(name);

    /// <summary>True for a structure that only version 1 of the data set has.</summary>
    public static bool IsOnlyInFirst(string name) => First.Contains(name);
}
