using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Phantoms;
using LabelServer.Imaging.Volumes;

namespace LabelServer.Imaging.Tests.Phantoms;

public sealed class CtPhantomTests
{
    private static readonly CtPhantomOptions Coarse = new() { Spacing = (6, 6, 6), Orientation = "RAS", ObliqueDegrees = 0 };

    [Fact]
    public void Generate_SameSeed_GivesTheSameBits()
    {
        using var one = CtPhantom.Generate(7, Coarse);
        using var two = CtPhantom.Generate(7, Coarse);
        using var other = CtPhantom.Generate(8, Coarse);

        Assert.Equal(one.Image.Samples.ToArray(), two.Image.Samples.ToArray());
        Assert.Equal(one.Label.Samples.ToArray(), two.Label.Samples.ToArray());
        Assert.NotEqual(Checksum(one), Checksum(other));
    }

    [Fact]
    public void Generate_OnAnyMachine_GivesTheBitsOfTheFirst()
    {
        // Computed once; another value on another machine means that a number there depends on its mathematics library. A change of the generator changes it too:
        // then make the sample data anew and write down the new value.
        using var phantom = CtPhantom.Generate(1, Coarse with { ObliqueDegrees = 4, HasTable = true });

        Assert.Equal("F61B6BF6EEDD34D2", Checksum(phantom));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Generate_AnySeed_HoldsEveryStructureInItsRangeOfHounsfieldUnits(int seed)
    {
        using var phantom = CtPhantom.Generate(seed, Coarse with { NoiseHounsfield = 0 });
        var image = phantom.Image.Samples;
        var label = phantom.Label.Samples;
        for (var value = 1; value < CtPhantom.LabelNames.Count; value++)
        {
            var inside = new List<int>();
            for (var n = 0; n < label.Length; n++)
            {
                if (label[n] == value)
                {
                    inside.Add(image[n]);
                }
            }

            // The median: at 6 mm many voxels of a small structure are half something else.
            inside.Sort();
            Assert.True(inside.Count > 40, $"{CtPhantom.LabelNames[value]} has {inside.Count} voxels.");
            var (low, high) = CtPhantom.LabelNames[value] switch
            {
                "liver" or "spleen" => (35, 150),
                "kidney_right" or "kidney_left" => (25, 200),
                "aorta" => (30, 280),
                "heart_myocardium" => (30, 130),
                "stomach" => (-950, 70),
                "urinary_bladder" => (-5, 45),
                _ => (-900, -750),
            };
            Assert.InRange(inside[inside.Count / 2], low, high);
        }

        Assert.Equal(CtPhantom.LabelNames.Count - 1, label.ToArray().Max());
    }

    [Fact]
    public void Generate_Labels_LieWithinTheBody()
    {
        using var phantom = CtPhantom.Generate(4, Coarse);
        for (var n = 0; n < phantom.Label.Samples.Length; n++)
        {
            Assert.False(phantom.Label.Samples[n] != 0 && phantom.Image.Samples[n] < -1000, "A structure lies in the air around the body.");
        }

        Assert.Equal(-1024, phantom.Image[0, 0, 0, 0]);
    }

    [Theory]
    [InlineData("RAS", 0)]
    [InlineData("LPS", 0)]
    [InlineData("SAL", 0)]
    [InlineData("PIR", 6)]
    [InlineData("LAS", -6)]
    public void Generate_AnyOrientation_PutsOrgansOnTheirSideOfThePatient(string orientation, double degrees)
    {
        using var phantom = CtPhantom.Generate(5, Coarse with { Orientation = orientation, ObliqueDegrees = degrees });

        var liver = Centre(phantom.Label, "liver");
        var (spleen, bladder, lung) = (Centre(phantom.Label, "spleen"), Centre(phantom.Label, "urinary_bladder"), Centre(phantom.Label, "lung_upper_lobe_left"));
        Assert.True(liver.X > 20 && spleen.X < -40, "RAS+: the liver is on the right, the spleen on the left.");
        Assert.True(Centre(phantom.Label, "kidney_right").X > 30 && Centre(phantom.Label, "kidney_left").X < -30);
        Assert.True(bladder.Z < liver.Z - 80 && liver.Z < lung.Z - 40, "The bladder is at the bottom, the lungs are at the top.");
        Assert.True(bladder.Y > Centre(phantom.Label, "aorta").Y, "The aorta runs along the back.");
        for (var axis = 0; axis < 3; axis++)
        {
            var world = "RLAPSI".IndexOf(orientation[axis], StringComparison.Ordinal);
            var direction = phantom.Image.Grid.Affine[world / 2, axis];
            Assert.True(world % 2 == 0 ? direction > 5.5 : direction < -5.5, $"Axis {axis} does not grow to {orientation[axis]}.");
        }
    }

    [Fact]
    public void Generate_OtherOrientation_IsTheSameBody()
    {
        using var ras = CtPhantom.Generate(6, Coarse with { NoiseHounsfield = 0 });
        using var lps = CtPhantom.Generate(6, Coarse with { NoiseHounsfield = 0, Orientation = "LPS" });
        var (sizeI, sizeJ, sizeK) = ras.Image.Size;
        var different = 0;
        for (var k = 0; k < sizeK; k++)
        {
            for (var j = 0; j < sizeJ; j++)
            {
                for (var i = 0; i < sizeI; i++)
                {
                    different += ras.Label[0, i, j, k] != lps.Label[0, sizeI - 1 - i, sizeJ - 1 - j, k] || Math.Abs(ras.Image[0, i, j, k] - lps.Image[0, sizeI - 1 - i, sizeJ - 1 - j, k]) > 1 ? 1 : 0;
                }
            }
        }

        // The places of samples differ in the last bit, which may turn a voxel on a surface.
        Assert.InRange(different, 0, ras.Label.Samples.Length / 10000);
    }

    [Fact]
    public void Generate_OnAGivenGrid_ScansThatGrid()
    {
        var grid = new VolumeGrid(new GridSize(30, 20, 10), new Affine(-8, 0, 0, 116, 0, -8, 0, 76, 0, 0, 20, -90));

        using var phantom = CtPhantom.Generate(1, new CtPhantomOptions { Grid = grid });

        Assert.Equal((grid, grid), (phantom.Image.Grid, phantom.Label.Grid));
    }

    [Fact]
    public void Generate_NoiseOption_ChangesOnlyTheNoise()
    {
        using var quiet = CtPhantom.Generate(3, Coarse with { NoiseHounsfield = 0 });
        using var noisy = CtPhantom.Generate(3, Coarse with { NoiseHounsfield = 10 });
        var differences = quiet.Image.Samples.ToArray().Zip(noisy.Image.Samples.ToArray(), (a, b) => (double)b - a).Where(d => d != 0).ToArray();

        Assert.Equal(quiet.Label.Samples.ToArray(), noisy.Label.Samples.ToArray());
        Assert.InRange(differences.Average(), -0.5, 0.5);
        Assert.InRange(Math.Sqrt(differences.Average(d => d * d)), 9.5, 10.8);
    }

    [Theory]
    [InlineData("RAX")]
    [InlineData("RRS")]
    [InlineData("RA")]
    public void Generate_ImpossibleOrientation_IsRefused(string orientation) =>
        Assert.Contains(orientation, Assert.Throws<ArgumentException>(() => CtPhantom.Generate(1, Coarse with { Orientation = orientation })).Message, StringComparison.Ordinal);

    [Fact]
    public void Generate_OptionsOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => CtPhantom.Generate(1, Coarse with { Spacing = (0.1, 1, 1) }));
        Assert.Throws<ArgumentException>(() => CtPhantom.Generate(1, Coarse with { NoiseHounsfield = double.NaN }));
        Assert.Throws<ArgumentException>(() => CtPhantom.Generate(1, Coarse with { ObliqueDegrees = 40 }));
    }

    private static string Checksum(CtPhantom phantom) =>
        Convert.ToHexString(SHA256.HashData([.. MemoryMarshal.AsBytes(phantom.Image.Samples), .. phantom.Label.Samples]))[..16];

    private static (double X, double Y, double Z) Centre(Volume<byte> label, string name)
    {
        var value = Enumerable.Range(0, CtPhantom.LabelNames.Count).First(n => CtPhantom.LabelNames[n] == name);
        double x = 0, y = 0, z = 0, count = 0;
        for (var k = 0; k < label.Size.K; k++)
        {
            for (var j = 0; j < label.Size.J; j++)
            {
                for (var i = 0; i < label.Size.I; i++)
                {
                    if (label[0, i, j, k] == value)
                    {
                        var at = label.Grid.Affine.Apply(i, j, k);
                        (x, y, z, count) = (x + at.X, y + at.Y, z + at.Z, count + 1);
                    }
                }
            }
        }

        return (x / count, y / count, z / count);
    }
}
