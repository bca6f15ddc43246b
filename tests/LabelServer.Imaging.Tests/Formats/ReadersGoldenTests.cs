using System.Numerics;
using System.Text.Json;
using LabelServer.Imaging.Formats;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Testing;

namespace LabelServer.Imaging.Tests.Formats;

/// <summary>Every NIfTI, Analyze and NRRD file of the shared data against what MONAI's readers make of it.</summary>
public sealed class ReadersGoldenTests
{
    private static readonly string[] Extensions = [".nii", ".nii.gz", ".hdr", ".img", ".nrrd", ".nhdr"];

    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        var folder = SharedFolders.Golden is null ? null : Path.Combine(SharedFolders.Golden, "readers");
        if (folder is not null && Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var source = Path.GetRelativePath(folder, file)[..^".json".Length];
                if (Extensions.Any(e => source.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                {
                    data.Add(source);
                }
            }
        }

        if (data.Count == 0)
        {
            data.Add(string.Empty);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Load_FileOfTheSharedData_HasMonaisGeometryAndValues(string source)
    {
        using var json = GoldenCase.Require("readers", source).ReadJson();
        var path = SharedFolders.RequireData(source.Split(Path.DirectorySeparatorChar));
        var readers = json.RootElement.GetProperty("readers");

        // Where MONAI's default reader fails (it does on a qform-only 4-D file), what ITK reads is the reference.
        var expected = readers.GetProperty("default");
        if (!expected.TryGetProperty("shape", out _))
        {
            Assert.SkipUnless(readers.TryGetProperty("ITKReader", out expected) && expected.TryGetProperty("shape", out _), "No reader of MONAI reads this file.");
        }

        using var loaded = await VolumeReader.LoadAsync(path, cancellationToken: TestContext.Current.CancellationToken);
        var header = await VolumeReader.ReadHeaderAsync(path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(header with { Segments = [] }, loaded.Header with { Segments = [] });
        var shape = expected.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        Assert.Equal(shape, new[] { loaded.Volume.Channels, loaded.Volume.Size.I, loaded.Volume.Size.J, loaded.Volume.Size.K }[..shape.Length]);
        AssertSameAffine(expected.GetProperty("affine"), loaded.Volume.Grid.Affine);
        AssertSameValues(expected, loaded.Volume);
    }

    private static void AssertSameAffine(JsonElement expected, Affine actual)
    {
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                var value = expected[row][column].GetDouble();
                Assert.True(Math.Abs(value - actual[row, column]) <= 1e-9 * Math.Max(1, Math.Abs(value)), $"[{row}, {column}]: {value} expected, {actual[row, column]} read.");
            }
        }
    }

    private static void AssertSameValues(JsonElement expected, Volume volume)
    {
        var values = volume switch
        {
            Volume<byte> v => Singles(v),
            Volume<sbyte> v => Singles(v),
            Volume<ushort> v => Singles(v),
            Volume<short> v => Singles(v),
            Volume<uint> v => Singles(v),
            Volume<int> v => Singles(v),
            Volume<ulong> v => Singles(v),
            Volume<long> v => Singles(v),
            Volume<float> v => Singles(v),
            Volume<double> v => Singles(v),
            _ => throw new NotSupportedException(),
        };
        Assert.Equal(expected.GetProperty("min").GetDouble(), values.Min());
        Assert.Equal(expected.GetProperty("max").GetDouble(), values.Max());
        Assert.Equal(expected.GetProperty("nonzero").GetInt64(), values.LongCount(v => v != 0));
        var sum = values.Sum(v => (double)v);
        Assert.Equal(expected.GetProperty("sum").GetDouble(), sum, 1e-9 * values.Sum(v => Math.Abs((double)v)));
        foreach (var sample in expected.GetProperty("samples").EnumerateArray())
        {
            var at = sample[0].EnumerateArray().Select(v => v.GetInt32()).ToArray();
            var (i, j, k) = volume.Size;
            Assert.Equal((float)sample[1].GetDouble(), values[(((((at[0] * k) + at[3]) * j) + at[2]) * i) + at[1]]);
        }
    }

    /// <summary>MONAI's loader turns everything into float32.</summary>
    private static float[] Singles<T>(Volume<T> volume)
        where T : unmanaged, INumber<T>
    {
        var samples = volume.Samples;
        var values = new float[samples.Length];
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = float.CreateTruncating(samples[n]);
        }

        return values;
    }
}
