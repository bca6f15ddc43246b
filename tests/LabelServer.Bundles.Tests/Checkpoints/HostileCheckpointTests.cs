using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Bundles.Checkpoints.Writing;
using LabelServer.Testing;

namespace LabelServer.Bundles.Tests.Checkpoints;

/// <summary>Files that try to run code, to take memory or to read past their end.</summary>
public sealed class HostileCheckpointTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("nt", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "exec")]
    [InlineData("__builtin__", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("torch", "load")]
    [InlineData("torch.serialization", "load")]
    [InlineData("torch.hub", "load")]
    [InlineData("numpy", "load")]
    [InlineData("runpy", "_run_code")]
    [InlineData("collections", "defaultdict")]
    [InlineData("__torch__.evil", "Module")]
    [InlineData("torch._utils", "_rebuild_device_tensor_from_numpy")]
    [InlineData("__main__", "Net")]
    public void Read_GlobalThatIsNotOnTheList_IsRefusedByName(string module, string name)
    {
        var called = PickleBytes.Start().Global(module, name).Op("(").Text("echo harm").Op("tR").Stop();
        var onlyNamed = PickleBytes.Start().Global(module, name).Op("0}").Stop();
        var byStack = PickleBytes.Start().Raw(0x8C, (byte)module.Length).Raw(Encoding.ASCII.GetBytes(module)).Raw(0x8C, (byte)name.Length).Raw(Encoding.ASCII.GetBytes(name)).Raw(0x93).Op(")R").Stop();
        foreach (var pickle in (byte[][])[called, onlyNamed, byStack])
        {
            Assert.Equal($"{module}.{name}", Assert.Throws<UnsafeCheckpointException>(() => Open(ZipBytes.Torch(pickle))).GlobalName);
            Assert.Equal($"{module}.{name}", Assert.Throws<UnsafeCheckpointException>(() => Open(Legacy(pickle))).GlobalName);
        }
    }

    [Fact]
    public void Read_RefusedGlobal_SaysWhatToDo()
    {
        var e = Assert.Throws<UnsafeCheckpointException>(() => Open(ZipBytes.Torch(PickleBytes.Start().Global("os", "system").Stop())));

        Assert.Equal("hostile.pt is refused: it asks for 'os.system', which no state dict needs. If you trust its origin, load it in Python and save only its state_dict() again.", e.Message);
    }

    [Fact]
    public void Read_AllowedClassMadeByNewObj_IsRefusedUnlessItIsADictionary()
    {
        var pickle = PickleBytes.Start().Global("torch.nn.parameter", "Parameter").Op(")\x81").Stop();

        Assert.Equal("torch.nn.parameter.Parameter", Assert.Throws<UnsafeCheckpointException>(() => Open(ZipBytes.Torch(pickle))).GlobalName);
    }

    [Fact]
    public void Read_WholeNetworkWithSource_IsRefused()
    {
        // ('module', class, file, source)
        var pickle = PickleBytes.Start().Op("(").Text("module").Text("Net").Text("net.py").Text("import os").Op("tQ").Stop();

        Assert.Contains("source code", Assert.Throws<UnsafeCheckpointException>(() => Open(Legacy(pickle))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> BrokenPickles() => new()
    {
        { "empty", [] },
        { "no protocol", "}."u8.ToArray() },
        { "protocol 9", [0x80, 9, (byte)'}', (byte)'.'] },
        { "no end", PickleBytes.Start().Op("}").Stop()[..^1] },
        { "text of 4 GiB", PickleBytes.Start().Op("X").Raw(0xFF, 0xFF, 0xFF, 0xFF).Stop() },
        { "text of 2^63 bytes", PickleBytes.Start().Raw(0x8D, 0, 0, 0, 0, 0, 0, 0, 0x80).Stop() },
        { "bytes of 2^64-1", PickleBytes.Start().Raw(0x8E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF).Stop() },
        { "long of 2 GiB", PickleBytes.Start().Raw(0x8B, 0xFF, 0xFF, 0xFF, 0x7F).Stop() },
        { "negative long length", PickleBytes.Start().Raw(0x8B, 0xFF, 0xFF, 0xFF, 0xFF).Stop() },
        { "endless line", [0x80, 2, (byte)'c', .. new byte[5000]] },
        { "pop of nothing", PickleBytes.Start().Op("0").Stop() },
        { "mark of nothing", PickleBytes.Start().Op("t").Stop() },
        { "items into a list", PickleBytes.Start().Op("](KK").Raw(1, 2).Op("u").Stop() },
        { "odd items", PickleBytes.Start().Op("}(N").Op("u").Stop() },
        { "memo that was never put", PickleBytes.Start().Op("h").Raw(7).Stop() },
        { "call of a number", PickleBytes.Start().Whole(1).Op(")R").Stop() },
        { "call without tuple", PickleBytes.Start().Global("collections", "OrderedDict").Op("]R").Stop() },
        { "build on a number", PickleBytes.Start().Whole(1).Op("}b").Stop() },
        { "build on a tuple", PickleBytes.Start().Op(")}b").Stop() },
        { "INST", PickleBytes.Start().Op("(ios\nsystem\n").Stop() },
        { "OBJ", PickleBytes.Start().Op("(").Global("collections", "OrderedDict").Op("o").Stop() },
        { "EXT1", PickleBytes.Start().Raw(0x82, 1).Stop() },
        { "PERSID", PickleBytes.Start().Op("Pabc\n").Stop() },
        { "bad number", PickleBytes.Start().Op("Iabc\n").Stop() },
        { "unknown persistent id", PickleBytes.Start().Text("x").Op("Q").Stop() },
        { "tensor of nothing", PickleBytes.Start().Global("torch._utils", "_rebuild_tensor_v2").Op(")R").Stop() },
        { "negative size", PickleBytes.StateDict(4, 0, [-1], [1]) },
        { "negative offset", PickleBytes.StateDict(4, -1, [1], [1]) },
        { "negative stride", PickleBytes.StateDict(4, 3, [2], [-1]) },
        { "shape without strides", PickleBytes.StateDict(4, 0, [2, 2], [1]) },
        { "past the storage", PickleBytes.StateDict(4, 1, [4], [1]) },
        { "stride past the storage", PickleBytes.StateDict(4, 0, [2], [4]) },
        { "huge shape", PickleBytes.StateDict(4, 0, [int.MaxValue, int.MaxValue, int.MaxValue], [1, 1, 1]) },
        { "repeated without end", PickleBytes.StateDict(1, 0, [int.MaxValue, 2], [0, 0]) },
        { "storage larger than its record", PickleBytes.StateDict(1_000_000_000, 0, [4], [1]) },
        { "wider type than its record", PickleBytes.StateDict(4, 0, [4], [1], "DoubleStorage") },
    };

    [Theory]
    [MemberData(nameof(BrokenPickles))]
    public void Read_BrokenPickle_IsAFormatError(string what, byte[] pickle)
    {
        _ = what;
        var file = ZipBytes.Torch(pickle, ("0", new byte[16]));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var e = Assert.Throws<CheckpointFormatException>(() => Open(file));

        Assert.StartsWith("hostile.pt cannot be read: ", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_DeepNesting_TakesNoStack()
    {
        // A list in a list in a list, 200 000 levels deep: building and searching must not recurse.
        var levels = new byte[200_000];
        levels.AsSpan().Fill((byte)']');
        var closing = new byte[levels.Length - 1];
        closing.AsSpan().Fill((byte)'a');

        Assert.Throws<CheckpointContentException>(() => Open(ZipBytes.Torch(PickleBytes.Start().Raw(levels).Raw(closing).Stop())));
    }

    [Fact]
    public void Read_DeepDictionaries_AreSearchedToABound()
    {
        var pickle = PickleBytes.Start();
        for (var i = 0; i < 50_000; i++)
        {
            pickle.Op("}").Text("model");
        }

        pickle.Op("}");
        pickle.Op(new string('s', 50_000));

        Assert.Throws<CheckpointContentException>(() => Open(ZipBytes.Torch(pickle.Stop())));
    }

    [Fact]
    public void Read_MemoBomb_EndsWithABound()
    {
        // Each level holds the one below twice: 2^60 tensors if it were written out.
        var pickle = PickleBytes.Start().Op("}q").Raw(0);
        for (var i = 1; i < 60; i++)
        {
            pickle.Op("}(").Text("model").Op("h").Raw((byte)(i - 1)).Text("net").Op("h").Raw((byte)(i - 1)).Op("uq").Raw((byte)i);
        }

        Assert.Throws<CheckpointContentException>(() => Open(ZipBytes.Torch(pickle.Stop())));
    }

    [Fact]
    public void Read_SharedScriptModules_EndWithABound()
    {
        var pickle = PickleBytes.Start().Global("__torch__", "M").Op(")\x81}(").Text("w").Tensor("0", 4, 0, [4], [1]).Op("ubq").Raw(0);
        for (var i = 1; i < 60; i++)
        {
            pickle.Global("__torch__", "M").Op(")\x81}(").Text("a").Op("h").Raw((byte)(i - 1)).Text("b").Op("h").Raw((byte)(i - 1)).Op("ubq").Raw((byte)i);
        }

        var file = ZipBytes.Of(CompressionLevel.NoCompression, ("m/data.pkl", pickle.Stop()), ("m/data/0", new byte[16]), ("m/constants.pkl", [0x80, 2, (byte)')', (byte)'.']), ("m/code/x.py", []));

        Assert.Throws<CheckpointFormatException>(() => Open(file));
    }

    [Fact]
    public void Read_TooManyValues_EndsWithABound()
    {
        var nones = new byte[40_000];
        nones.AsSpan().Fill((byte)'N');

        var e = Assert.Throws<CheckpointFormatException>(() => Open(ZipBytes.Torch(PickleBytes.Start().Raw(nones).Stop()), new CheckpointReadOptions { MaxValues = 1000 }));
        Assert.Contains("more than 1000 values", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileCutAnywhere_IsAFormatError()
    {
        var file = await SampleAsync();
        for (var length = 0; length < file.Length; length += Math.Max(1, file.Length / 300))
        {
            Assert.Throws<CheckpointFormatException>(() => Open(file[..length]));
        }
    }

    [Fact]
    public async Task Read_DamagedWeight_IsNoticedByItsChecksum()
    {
        var file = await SampleAsync();
        var at = file.AsSpan().IndexOf(MemoryMarshal.AsBytes((ReadOnlySpan<float>)[1234.5f]));
        file[at] ^= 1;
        using var checkpoint = Open(file);

        var e = Assert.Throws<CheckpointFormatException>(() => checkpoint.Find("a")!.ToSingles());
        Assert.Contains("is damaged", e.Message, StringComparison.Ordinal);
        using var careless = Open(file, new CheckpointReadOptions { VerifyChecksums = false });
        Assert.NotEqual(1234.5f, careless.Find("a")!.ToSingles()[1]);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/abs")]
    [InlineData("archive\\data")]
    [InlineData("C:evil")]
    public void Read_ZipWithPathTricks_IsRefused(string name) =>
        Assert.Contains("is not a plain relative path", Assert.Throws<CheckpointFormatException>(() => Open(ZipBytes.Of(CompressionLevel.NoCompression, ("archive/data.pkl", PickleBytes.Start().Op("}").Stop()), (name, [1])))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ZipWithARecordTwice_IsRefused()
    {
        var pickle = PickleBytes.Start().Op("}").Stop();

        Assert.Contains("occurs twice", Assert.Throws<CheckpointFormatException>(() => Open(ZipBytes.Of(CompressionLevel.NoCompression, ("archive/data.pkl", pickle), ("archive/data.pkl", pickle)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_StorageKeyWithPathTricks_IsOnlyALookup()
    {
        var pickle = PickleBytes.Start().Op("}(").Text("w").Tensor("../../../etc/passwd", 1, 0, [1], [1]).Op("u").Stop();

        Assert.Contains("has no record 'archive/data/../../../etc/passwd'", Assert.Throws<CheckpointFormatException>(() => Open(ZipBytes.Torch(pickle))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ZipThatClaimsMoreThanItsFile_IsRefusedBeforeMemoryIsTaken()
    {
        var file = ZipBytes.Torch(PickleBytes.StateDict(4, 0, [4], [1]), ("0", new byte[16]));
        var central = file.AsSpan().LastIndexOf("archive/data/0"u8) - 46;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(central + 20), 0x7FFF0000);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(central + 24), 0x7FFF0000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("which the file cannot hold", Assert.Throws<CheckpointFormatException>(() => Open(file)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_CompressedRecords_AreUnpacked()
    {
        var samples = MemoryMarshal.AsBytes((ReadOnlySpan<float>)[1, 2, 3, 4]).ToArray();
        using var checkpoint = Open(ZipBytes.Torch(PickleBytes.StateDict(4, 0, [2, 2], [2, 1]), CompressionLevel.Optimal, ("0", samples)));

        Assert.Equal([1, 2, 3, 4], checkpoint.Find("w")!.ToSingles());
    }

    [Fact]
    public void Read_CompressedRecordLongerThanItClaims_IsRefused()
    {
        var file = ZipBytes.Torch(PickleBytes.StateDict(2500, 0, [2500], [1]), CompressionLevel.Optimal, ("0", new byte[100_000]));
        var central = file.AsSpan().LastIndexOf("archive/data/0"u8) - 46;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(central + 24), 10_000);
        using var checkpoint = Open(file);

        Assert.Contains("is longer than the 10000 bytes it claims", Assert.Throws<CheckpointFormatException>(() => checkpoint.Find("w")!.ToSingles()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 0, "")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,8]}}", 8, "does not fit its place")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "does not fit its place")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "overlap or leave a hole")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 12, "has something behind")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "overlap or leave a hole")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2,-1],\"data_offsets\":[0,8]}}", 8, "does not fit its place")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}}", 0, "does not fit its place")]
    [InlineData("{\"a\":{\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "unknown type 'Q4'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "header is damaged")]
    [InlineData("{\"a\":", 8, "header is damaged")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "twice")]
    public void Read_SafetensorsWithAWrongHeader_SaysWhatIsWrong(string header, int bytes, string expected)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + bytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        if (expected.Length == 0)
        {
            using var empty = Open(file);
            Assert.Empty(empty.Tensors);
            return;
        }

        Assert.Contains(expected, Assert.Throws<CheckpointFormatException>(() => Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SomethingElse_SaysWhatIsRead() =>
        Assert.Equal("hostile.pt cannot be read: it is neither a file of torch.save, nor TorchScript, nor safetensors.", Assert.Throws<CheckpointFormatException>(() => Open("<html>404 Not Found</html>"u8.ToArray())).Message);

    [Theory]
    [InlineData("networks/tiny.pt")]
    [InlineData("networks/tiny.ts")]
    [InlineData("networks/tiny.legacy.pt")]
    [InlineData("networks/tiny.safetensors")]
    public void Read_RandomlyDamagedFile_GivesTensorsOrACheckpointException(string name)
    {
        Assert.SkipWhen(SharedFolders.Golden is null, "No reference outputs: set LABELSERVER_GOLDEN.");
        var path = Path.Combine(SharedFolders.Golden!, name);
        Assert.SkipUnless(File.Exists(path), $"No {name} among the reference outputs.");
        var whole = File.ReadAllBytes(path);
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var file = whole.ToArray();
            for (var change = random.Next(1, 12); change > 0; change--)
            {
                // Most of a file is weights; the descriptions at both ends are hit more often.
                var region = random.Next(3) switch { 0 => (0, Math.Min(6000, file.Length)), 1 => (Math.Max(0, file.Length - 16000), file.Length), _ => (0, file.Length) };
                file[random.Next(region.Item1, region.Item2)] = (byte)random.Next(256);
            }

            file = random.Next(4) == 0 ? file[..random.Next(file.Length)] : file;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var exception = Record.Exception(() =>
            {
                using var checkpoint = Open(file, new CheckpointReadOptions { VerifyChecksums = random.Next(2) == 0 });
                foreach (var tensor in checkpoint.Tensors)
                {
                    tensor.CopyTo(new byte[tensor.Bytes].AsSpan());
                }
            });
            Assert.True(exception is null or CheckpointException, $"round {round}: {exception}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 512 << 20);
        }
    }

    private static async Task<byte[]> SampleAsync()
    {
        var stream = new MemoryStream();
        await CheckpointWriter.WriteAsync(stream, [CheckpointWriteTensor.Of("a", [3], new float[] { 1, 1234.5f, 3 }), CheckpointWriteTensor.Of("b", [40, 4], new float[160])], cancellation: TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    private static byte[] Legacy(byte[] pickle) =>
    [
        .. PickleBytes.Start().Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop(),
        .. PickleBytes.Start().Op("M").Raw(0xE9, 0x03).Stop(),
        .. PickleBytes.Start().Op("}").Text("little_endian").Op("\x88s").Stop(),
        .. pickle,
        .. PickleBytes.Start().Op("]").Stop(),
    ];

    private static Checkpoint Open(byte[] file, CheckpointReadOptions? options = null) => Checkpoint.Read(new MemoryStream(file), "hostile.pt", options);
}
