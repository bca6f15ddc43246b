using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Tests.Checkpoints;

public sealed class CheckpointTests
{
    private static readonly byte[] Six = MemoryMarshal.AsBytes((ReadOnlySpan<float>)[0, 1, 2, 3, 4, 5]).ToArray();

    [Fact]
    public void Read_TransposedView_ComesInRowMajorOrder()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 0, [3, 2], [1, 3]), Six);

        Assert.Equal([0, 3, 1, 4, 2, 5], checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_ViewWithOffset_StartsThere()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 2, [2, 2], [2, 1]), Six);

        Assert.Equal([2, 3, 4, 5], checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_ViewWithSteps_SkipsBetween()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 1, [3], [2]), Six);

        Assert.Equal([1, 3, 5], checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_RepeatedView_RepeatsItsValue()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 4, [2, 3], [0, 0]), Six);

        Assert.Equal(Enumerable.Repeat(4f, 6), checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_EmptyTensorPastTheEnd_IsEmpty()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 6, [0, 7], [7, 1]), Six);

        Assert.Empty(checkpoint.Find("w")!.ToSingles());
    }

    [Theory]
    [InlineData("DoubleStorage", CheckpointDataType.Float64, new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0xBF }, -1.5f)]
    [InlineData("HalfStorage", CheckpointDataType.Float16, new byte[] { 0x00, 0xBE }, -1.5f)]
    [InlineData("BFloat16Storage", CheckpointDataType.BFloat16, new byte[] { 0xC0, 0xBF }, -1.5f)]
    [InlineData("LongStorage", CheckpointDataType.Int64, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, -2f)]
    [InlineData("IntStorage", CheckpointDataType.Int32, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF }, -2f)]
    [InlineData("ShortStorage", CheckpointDataType.Int16, new byte[] { 0xFE, 0xFF }, -2f)]
    [InlineData("CharStorage", CheckpointDataType.Int8, new byte[] { 0xFE }, -2f)]
    [InlineData("ByteStorage", CheckpointDataType.UInt8, new byte[] { 0xFE }, 254f)]
    [InlineData("BoolStorage", CheckpointDataType.Boolean, new byte[] { 1 }, 1f)]
    public void Read_EachSampleType_ConvertsToSingle(string storage, CheckpointDataType type, byte[] bytes, float expected)
    {
        using var checkpoint = Open(PickleBytes.StateDict(1, 0, [], [], storage), bytes);

        var tensor = checkpoint.Find("w")!;
        Assert.Equal(type, tensor.Type);
        Assert.Equal([expected], tensor.ToSingles());
        var raw = new byte[bytes.Length];
        tensor.CopyTo(raw.AsSpan());
        Assert.Equal(bytes, raw);
    }

    [Fact]
    public void Read_LargeTensor_ConvertsEveryBlock()
    {
        var values = new float[300_001];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }

        using var checkpoint = Open(PickleBytes.StateDict(values.Length, 0, [values.Length], [1]), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

        Assert.Equal(values, checkpoint.Find("w")!.ToSingles());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("state_dict")]
    [InlineData("unet_state_dict")]
    [InlineData("anything")]
    public void Read_StateDictUnderOneKey_IsFound(string key)
    {
        var pickle = PickleBytes.Start().Op("}(").Text("epoch").Whole(3).Text("optimizer").Op("}(").Text("state").Op("}(").Text("0").Tensor("0", 6, 0, [6], [1]).Op("u").Text("param_groups").Op("]u").Text(key).Op("}(").Text("w").Tensor("0", 6, 0, [6], [1]).Op("uu").Stop();
        using var checkpoint = Open(pickle, Six);

        Assert.Equal(key, checkpoint.StateDictKey);
        Assert.Equal("w", Assert.Single(checkpoint.Tensors).Name);
        Assert.Equal(new ConfigValue.Integer(3), checkpoint.Metadata["epoch"]);
    }

    [Fact]
    public void Read_SeveralStateDicts_TakesTheUsualOneOrTheOneAskedFor()
    {
        var pickle = TwoDicts("model", "teacher");
        using var usual = Open(pickle, Six);
        using var asked = Open(pickle, Six, new CheckpointReadOptions { StateDictKey = "teacher" });

        Assert.Equal(("model", "teacher"), (usual.StateDictKey, asked.StateDictKey));
    }

    [Fact]
    public void Read_SeveralUnknownStateDicts_NamesThem() =>
        Assert.Equal(
            "net.pt holds several state dicts: student, teacher. Say which one to take.",
            Assert.Throws<CheckpointContentException>(() => Open(TwoDicts("student", "teacher"), Six)).Message);

    [Fact]
    public void Read_KeyThatIsNotThere_NamesWhatIs() =>
        Assert.Equal(
            "net.pt has no dictionary 'ema'. It has: 'student', 'teacher'.",
            Assert.Throws<CheckpointContentException>(() => Open(TwoDicts("student", "teacher"), Six, new CheckpointReadOptions { StateDictKey = "ema" })).Message);

    [Theory]
    [InlineData("module.a", "module.b", "a", "b")]
    [InlineData("module._orig_mod.a", "module._orig_mod.b", "a", "b")]
    [InlineData("module.a", "b", "module.a", "b")]
    [InlineData("module.", "module.b", "module.", "module.b")]
    public void Read_PrefixOfParallelTraining_IsRemovedWhereEveryNameHasIt(string first, string second, string expectedFirst, string expectedSecond)
    {
        var pickle = PickleBytes.Start().Op("}(").Text(first).Tensor("0", 6, 0, [6], [1]).Text(second).Tensor("0", 6, 0, [6], [1]).Op("u").Stop();
        using var checkpoint = Open(pickle, Six);
        using var untouched = Open(pickle, Six, new CheckpointReadOptions { RemovePrefixes = false });

        Assert.Equal([expectedFirst, expectedSecond], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([first, second], untouched.Tensors.Select(t => t.Name));
    }

    [Fact]
    public void Read_ParameterAndNumpyNumber_AreUnderstood()
    {
        var pickle = PickleBytes.Start().Op("}(").Text("best")
            .Global("numpy.core.multiarray", "scalar").Op("(").Global("numpy", "dtype").Op("(").Text("f8").Op("\x89\x88tR(K").Raw(3).Text("<").Op("NNNJ").Raw(0xFF, 0xFF, 0xFF, 0xFF).Op("J").Raw(0xFF, 0xFF, 0xFF, 0xFF).Op("K").Raw(0).Op("tb")
            .Global("_codecs", "encode").Op("(").Text("\0\0\0\0\0\0ì?").Text("latin1").Op("tRtR")
            .Text("model").Op("}(").Text("w").Global("torch._utils", "_rebuild_parameter").Op("(").Tensor("0", 6, 0, [6], [1]).Op("\x88").Global("collections", "OrderedDict").Op(")RtRuu").Stop();
        using var checkpoint = Open(pickle, Six);

        Assert.Equal(new ConfigValue.Real(0.875), checkpoint.Metadata["best"]);
        Assert.Equal(6, checkpoint.Find("w")!.Count);
    }

    [Fact]
    public void Read_LegacyViewOfAStorage_StartsThere()
    {
        // The sixth part of the id says: this storage is samples 2 to 4 of the stored one.
        var tensor = PickleBytes.Start().Op("}(").Text("w").Global("torch._utils", "_rebuild_tensor").Op("((").Text("storage").Global("torch", "FloatStorage").Text("77").Text("cuda:0").Whole(6)
            .Op("(").Text("77v").Whole(2).Whole(3).Op("ttQ").Whole(1).Op("(").Whole(2).Op("t(").Whole(1).Op("ttRu").Stop();
        byte[] file =
        [
            .. PickleBytes.Start().Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop(),
            .. PickleBytes.Start().Op("M").Raw(0xE9, 0x03).Stop(),
            .. PickleBytes.Start().Op("}").Text("little_endian").Op("\x88s").Stop(),
            .. tensor,
            .. PickleBytes.Start().Op("]").Text("77").Op("a").Stop(),
            6, 0, 0, 0, 0, 0, 0, 0,
            .. Six,
        ];
        using var checkpoint = Checkpoint.Read(new MemoryStream(file), "old.pt");

        Assert.Equal(CheckpointFormat.TorchLegacy, checkpoint.Format);
        Assert.Equal([3, 4], checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_SafetensorsWithMetadata_GivesBoth()
    {
        var json = Encoding.UTF8.GetBytes("{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[20,24]},\"a\":{\"dtype\":\"F32\",\"shape\":[5,1],\"data_offsets\":[0,20]}}");
        var file = new byte[8 + json.Length + Six.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        Six.CopyTo(file, 8 + json.Length);
        using var checkpoint = Checkpoint.Read(new MemoryStream(file), "weights.pth");

        Assert.Equal(CheckpointFormat.Safetensors, checkpoint.Format);
        Assert.Equal([0, 1, 2, 3, 4], checkpoint.Find("a")!.ToSingles());
        Assert.Equal([5], checkpoint.Find("b")!.ToSingles());
        Assert.Equal(new ConfigValue.Text("pt"), checkpoint.Metadata["format"]);
    }

    [Fact]
    public void Read_CancelledToken_StopsAndClosesTheFile()
    {
        var stream = new MemoryStream(ZipBytes.Torch(PickleBytes.Start().Raw([.. Enumerable.Repeat((byte)'N', 100_000)]).Stop()));

        Assert.Throws<OperationCanceledException>(() => Checkpoint.Read(stream, cancellation: new CancellationToken(true)));
        Assert.False(stream.CanRead);
    }

    [Fact]
    public void CopyTo_WrongLength_IsAnArgumentError()
    {
        using var checkpoint = Open(PickleBytes.StateDict(6, 0, [6], [1]), Six);

        Assert.Throws<ArgumentException>(() => checkpoint.Find("w")!.CopyTo(new float[5]));
        Assert.Throws<ArgumentException>(() => checkpoint.Find("w")!.CopyTo(new byte[25].AsSpan()));
    }

    private static byte[] TwoDicts(string first, string second) =>
        PickleBytes.Start().Op("}(").Text(first).Op("}(").Text("w").Tensor("0", 6, 0, [6], [1]).Op("u").Text(second).Op("}(").Text("w").Tensor("0", 6, 0, [6], [1]).Op("uu").Stop();

    private static Checkpoint Open(byte[] pickle, byte[] storage, CheckpointReadOptions? options = null) => Checkpoint.Read(new MemoryStream(ZipBytes.Torch(pickle, ("0", storage))), "net.pt", options);
}
