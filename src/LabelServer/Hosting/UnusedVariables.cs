namespace LabelServer.Hosting;

/// <summary>Variables of MONAI Label (protocol 12.1) that this server cannot obey. One that would change what a user gets is refused at start; one that would change nothing here is named and ignored.</summary>
internal static class UnusedVariables
{
    private const string NoRemoteStore = "the studies of this server are a folder (--studies DIR); unset the variable";
    private const string NoDicom = "this server reads no DICOMweb server; unset the variable, and give the studies as a folder (--studies DIR)";
    private const string NoTracking = "trainings are not sent to MLflow; their numbers are in /info/ and beside the weights";
    private const string NoZoo = "bundles are fetched from the addresses in their own large_files.yml (labelserver models download)";

    // A value that equals the original's default asks for nothing.
    private static readonly (string Name, string Default, string Reason)[] Refused =
    [
        ("MONAI_LABEL_DATASTORE", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_URL", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_USERNAME", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_PASSWORD", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_API_KEY", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_PROJECT", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_ASSET_PATH", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DATASTORE_DSA_ANNOTATION_GROUPS", string.Empty, NoRemoteStore),
        ("MONAI_LABEL_DICOMWEB_USERNAME", string.Empty, NoDicom),
        ("MONAI_LABEL_DICOMWEB_PASSWORD", string.Empty, NoDicom),
        ("MONAI_LABEL_TRACKING_URI", string.Empty, NoTracking),
    ];

    private static readonly (string Name, string Reason)[] Ignored =
    [
        ("MONAI_LABEL_DATASTORE_CACHE_PATH", NoRemoteStore),
        ("MONAI_LABEL_DICOMWEB_CACHE_PATH", NoDicom),
        ("MONAI_LABEL_QIDO_PREFIX", NoDicom),
        ("MONAI_LABEL_WADO_PREFIX", NoDicom),
        ("MONAI_LABEL_STOW_PREFIX", NoDicom),
        ("MONAI_LABEL_DICOMWEB_FETCH_BY_FRAME", NoDicom),
        ("MONAI_LABEL_DICOMWEB_CONVERT_TO_NIFTI", NoDicom),
        ("MONAI_LABEL_DICOMWEB_SEARCH_FILTER", NoDicom),
        ("MONAI_LABEL_DICOMWEB_CACHE_EXPIRY", NoDicom),
        ("MONAI_LABEL_DICOMWEB_PROXY_TIMEOUT", NoDicom),
        ("MONAI_LABEL_DICOMWEB_READ_TIMEOUT", NoDicom),
        ("MONAI_LABEL_TRACKING_ENABLED", NoTracking),
        ("MONAI_LABEL_USE_ITK_FOR_DICOM_SEG", "DICOM SEG is not written"),
        ("MONAI_LABEL_RELOAD_APP_LIB", "apps are data; there is no library to load"),
        ("MONAI_ZOO_SOURCE", NoZoo),
        ("BUNDLE_DOWNLOAD_SRC", NoZoo),
        ("MONAI_ZOO_REPO", NoZoo),
        ("MONAI_ZOO_AUTH_TOKEN", NoZoo),
        ("MONAI_SAM_MODEL_PT", "SAM2 is not part of this server"),
        ("MONAI_SAM_MODEL_CFG", "SAM2 is not part of this server"),
    ];

    /// <summary>A message for each variable that asks for something that this server does not do: it must not start as if it did.</summary>
    public static IEnumerable<string> Refusals(EnvironmentSettings environment) => Refused
        .Where(v => environment.Text(v.Name) is { } value && value != v.Default)
        .Select(v => $"{v.Name} is set: {v.Reason}.");

    /// <summary>A message for each variable that has no meaning here.</summary>
    public static IEnumerable<string> Notices(EnvironmentSettings environment) => Ignored
        .Where(v => environment.Text(v.Name) is not null)
        .Select(v => $"{v.Name} is ignored: {v.Reason}.");
}
