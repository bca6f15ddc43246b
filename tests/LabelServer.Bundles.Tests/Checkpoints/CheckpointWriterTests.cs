using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Checkpoints.Writing;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Tests.Checkpoints;

public sealed class CheckpointWriterTests
{
    private static readonly float[] Values = [1.5f, -2.25f, 0, 3e-5f, 65504, float.NegativeInfinity];

    [Theory]
    [InlineData(CheckpointDataType.Float32)]
    [InlineData(CheckpointDataType.Float16)]
    [InlineData(CheckpointDataType.BFloat16)]
    public async Task Write_Singles_ComeBackRoundedToTheirType(CheckpointDataType type)
    {
        using var checkpoint = Read(await WriteAsync([CheckpointWriteTensor.Of("a.weight", [2, 3], Values, type)]));

        var tensor = Assert.Single(checkpoint.Tensors);
        Assert.Equal(("a.weight", type, CheckpointFormat.TorchZip), (tensor.Name, tensor.Type, checkpoint.Format));
        Assert.Equal([2, 3], tensor.Shape);
        var read = tensor.ToSingles();
        for (var i = 0; i < Values.Length; i++)
        {
            var tolerance = type switch { CheckpointDataType.Float32 => 0, CheckpointDataType.Float16 => 1.0 / 2048, _ => 1.0 / 256 };
            Assert.True(Values[i] == read[i] || Math.Abs(Values[i] - read[i]) <= (tolerance * Math.Abs(Values[i])) + (type == CheckpointDataType.Float16 ? 6e-8 : 0), $"{Values[i]} became {read[i]}");
        }
    }

    [Fact]
    public async Task Write_WholeNumbersScalarsAndEmptyTensors_ComeBackExactly()
    {
        var numbers = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, long.MinValue);
        BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(8), 42);
        using var checkpoint = Read(await WriteAsync(
            [
                CheckpointWriteTensor.Of("steps", CheckpointDataType.Int64, [2], numbers),
                CheckpointWriteTensor.Of("one", [], new float[] { 7 }),
                CheckpointWriteTensor.Of("none", [0, 5], ReadOnlyMemory<float>.Empty),
            ]));

        var bytes = new byte[16];
        checkpoint.Find("steps")!.CopyTo(bytes);
        Assert.Equal(numbers, bytes);
        Assert.Equal([7f], checkpoint.Find("one")!.ToSingles());
        Assert.Empty(checkpoint.Find("one")!.Shape);
        Assert.Empty(checkpoint.Find("none")!.ToSingles());
        Assert.Equal([0, 5], checkpoint.Find("none")!.Shape);
    }

    [Fact]
    public async Task Write_UnderAKeyWithMetadata_IsFoundWithIt()
    {
        var options = new CheckpointWriteOptions
        {
            StateDictKey = "model",
            Metadata =
            [
                KeyValuePair.Create("epoch", (ConfigValue)new ConfigValue.Integer(12)),
                KeyValuePair.Create("best", (ConfigValue)new ConfigValue.Real(0.875)),
                KeyValuePair.Create("name", (ConfigValue)new ConfigValue.Text("Körper")),
                KeyValuePair.Create("done", (ConfigValue)new ConfigValue.Boolean(true)),
                KeyValuePair.Create("seed", (ConfigValue)new ConfigValue.Integer(-5_000_000_000)),
            ],
        };
        using var checkpoint = Read(await WriteAsync([CheckpointWriteTensor.Of("w", [1], new float[] { 1 })], options));

        Assert.Equal("model", checkpoint.StateDictKey);
        Assert.Equal("w", Assert.Single(checkpoint.Tensors).Name);
        Assert.Equal(options.Metadata.ToDictionary(), checkpoint.Metadata);
    }

    [Fact]
    public async Task Write_ManyTensors_KeepsNamesAndOrder()
    {
        // More than 256 memo entries, so that both forms of the memo opcodes occur.
        var tensors = Enumerable.Range(0, 700).Select(i => CheckpointWriteTensor.Of($"layer.{i}.weight", [1, i % 3], Enumerable.Repeat((float)i, i % 3).ToArray())).ToList();
        using var checkpoint = Read(await WriteAsync(tensors));

        Assert.Equal(tensors.Select(t => t.Name), checkpoint.Tensors.Select(t => t.Name));
        Assert.All(checkpoint.Tensors.Where(t => t.Count > 0), t => Assert.Equal($"layer.{t.ToSingles()[0]}.weight", t.Name));
    }

    [Fact]
    public async Task Write_Records_AreStoredAlignedAndComplete()
    {
        var bytes = await WriteAsync([CheckpointWriteTensor.Of("a", [6], Values), CheckpointWriteTensor.Of("b", [3], new float[3])]);
        using var archive = new ZipArchive(new MemoryStream(bytes));

        Assert.Equal(["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version"], archive.Entries.Select(e => e.FullName));
        Assert.All(archive.Entries, e => Assert.Equal(e.Length, e.CompressedLength));
        Assert.Equal("3\n", ReadText(archive.GetEntry("archive/version")!));
        Assert.Equal("little", ReadText(archive.GetEntry("archive/byteorder")!));
        for (var at = 0; BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) == 0x04034B50;)
        {
            var start = at + 30 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 26)) + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 28));
            Assert.Equal(0, start % 64);
            at = start + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 18));
        }
    }

    [Fact]
    public async Task Write_Pickle_HasProtocol2AndOnlyTheGlobalsOfAStateDict()
    {
        var bytes = await WriteAsync(
            [CheckpointWriteTensor.Of("a", [6], Values), CheckpointWriteTensor.Of("b", [6], Values, CheckpointDataType.Float16), CheckpointWriteTensor.Of("c", [6], Values, CheckpointDataType.BFloat16)],
            new CheckpointWriteOptions { StateDictKey = "model", Metadata = [KeyValuePair.Create("epoch", (ConfigValue)new ConfigValue.Integer(3))] });
        using var archive = new ZipArchive(new MemoryStream(bytes));
        using var stream = archive.GetEntry("archive/data.pkl")!.Open();
        using var pickle = new MemoryStream();
        await stream.CopyToAsync(pickle, TestContext.Current.CancellationToken);

        var (protocol, globals, opcodes) = PickleListing.Of(pickle.ToArray());

        Assert.Equal(2, protocol);
        Assert.Equal(["collections OrderedDict", "torch BFloat16Storage", "torch FloatStorage", "torch HalfStorage", "torch._utils _rebuild_tensor_v2"], globals.Order(StringComparer.Ordinal));
        Assert.Equal('.', opcodes[^1]);
        Assert.Equal(3, opcodes.Count(o => o == 'Q'));
        Assert.DoesNotContain('b', opcodes);
    }

    [Fact]
    public async Task Write_SameTensorsTwice_GivesTheSameBytes()
    {
        var tensors = new[] { CheckpointWriteTensor.Of("a", [6], Values) };

        Assert.Equal(await WriteAsync(tensors), await WriteAsync(tensors));
    }

    [Fact]
    public async Task Write_NameTwice_Throws()
    {
        var tensors = new[] { CheckpointWriteTensor.Of("a", [6], Values), CheckpointWriteTensor.Of("a", [6], Values) };

        var e = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(tensors));
        Assert.Contains("'a' occurs twice", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_FailingHalfway_LeavesTheOldFileAndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("checkpoint-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.pt");
            await CheckpointWriter.WriteAsync(path, [CheckpointWriteTensor.Of("a", [6], Values)], cancellation: TestContext.Current.CancellationToken);
            var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            var failing = new CheckpointWriteTensor("b", CheckpointDataType.Float32, [1], _ => throw new IOException("no more"));

            await Assert.ThrowsAsync<IOException>(() => CheckpointWriter.WriteAsync(path, [CheckpointWriteTensor.Of("a", [1], new float[1]), failing], cancellation: TestContext.Current.CancellationToken));

            Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
            Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<byte[]> WriteAsync(IReadOnlyList<CheckpointWriteTensor> tensors, CheckpointWriteOptions? options = null)
    {
        var stream = new MemoryStream();
        await CheckpointWriter.WriteAsync(stream, tensors, options, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static Checkpoint Read(byte[] bytes) => Checkpoint.Read(new MemoryStream(bytes), "written.pt");

    private static string ReadText(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
