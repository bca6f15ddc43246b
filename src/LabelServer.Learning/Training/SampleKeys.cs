namespace LabelServer.Learning.Training;

/// <summary>The names of the items of a training sample, as the bundles' configs use them.</summary>
internal static class SampleKeys
{
    public const string Image = "image";
    public const string Label = "label";
}
