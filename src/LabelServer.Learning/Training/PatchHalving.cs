using LabelServer.Inference.Transforms;
using LabelServer.Learning.Sampling;

namespace LabelServer.Learning.Training;

/// <summary>Cuts a smaller part out of a sample, anywhere in it: half as long along each axis, or a quarter, in multiples of 16 voxels and not below 32.</summary>
/// <remarks>16 voxels are what a network of five levels halves down to one. Axes that are shorter than 32 stay.</remarks>
/// <param name="halvings">How often it is halved.</param>
internal sealed class PatchHalving(int halvings) : ITransform
{
    private const int Multiple = 16;
    private const int Least = 32;

    /// <inheritdoc/>
    public void Apply(Sample sample, TransformContext context)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var random = RandomTransform.RandomOf(context, nameof(PatchHalving));
        var size = sample[SampleKeys.Image].Grid.Size;
        var part = new Imaging.Geometry.GridSize(Shorter(size.I), Shorter(size.J), Shorter(size.K));
        var box = new CropBox(random.Next(0, size.I - part.I + 1), random.Next(0, size.J - part.J + 1), random.Next(0, size.K - part.K + 1), part);
        foreach (var name in (string[])[SampleKeys.Image, SampleKeys.Label])
        {
            var item = sample[name];
            item.Replace(box.Copy(item.GetVolume(context)));
        }
    }

    private int Shorter(int length) => length <= Least ? length : Math.Max(Least, (length >> halvings) / Multiple * Multiple);
}
