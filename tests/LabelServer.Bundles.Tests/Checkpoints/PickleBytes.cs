using System.Buffers.Binary;
using System.Text;

namespace LabelServer.Bundles.Tests.Checkpoints;

/// <summary>Puts pickles together by hand, byte by byte.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [0x80, 2];

    public static PickleBytes Start() => new();

    /// <summary>Opcodes without arguments, as characters.</summary>
    public PickleBytes Op(string opcodes)
    {
        _bytes.AddRange(opcodes.Select(c => (byte)c));
        return this;
    }

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Global(string module, string name)
    {
        _bytes.AddRange(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));
        return this;
    }

    public PickleBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Op("X");
        return Int32Bytes(bytes.Length).Raw(bytes);
    }

    public PickleBytes Whole(int value)
    {
        Op("J");
        return Int32Bytes(value);
    }

    /// <summary>A tensor with a storage key, samples in the storage, offset, shape and strides.</summary>
    public PickleBytes Tensor(string key, int stored, int offset, int[] shape, int[] strides, string storageType = "FloatStorage")
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", storageType).Text(key).Text("cpu").Whole(stored).Op("tQ").Whole(offset).Op("(");
        Array.ForEach(shape, v => Whole(v));
        Op("t(");
        Array.ForEach(strides, v => Whole(v));
        return Op("t\x89").Global("collections", "OrderedDict").Op(")RtR");
    }

    /// <summary>The finished pickle.</summary>
    public byte[] Stop() => [.. _bytes, (byte)'.'];

    /// <summary>A state dict with one tensor <c>w</c>.</summary>
    public static byte[] StateDict(int stored, int offset, int[] shape, int[] strides, string storageType = "FloatStorage") =>
        Start().Op("}(").Text("w").Tensor("0", stored, offset, shape, strides, storageType).Op("u").Stop();

    private PickleBytes Int32Bytes(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }
}
