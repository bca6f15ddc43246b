namespace LabelServer.Bundles.Metadata;

/// <summary>How a bundle's channel names are shown, everywhere alike: in <c>/info/</c>, in answers, and as the names of segments in files.</summary>
public static class LabelName
{
    /// <summary>The name in lower case, as MONAI Label makes it (monailabel/tasks/infer/bundle.py): <c>Liver</c> becomes <c>liver</c>.</summary>
    public static string Shown(string channelName) => channelName.ToLowerInvariant();
}
