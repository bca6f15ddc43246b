using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LabelServer.Bundles.Checkpoints.Pickle;
using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Checkpoints.Writing;

/// <summary>Writes the description of a checkpoint as a pickle of protocol 2, with the globals that <c>torch.load(weights_only=True)</c> allows and no others.</summary>
/// <remarks>Source: https://docs.python.org/3/library/pickletools.html; what <c>torch.save</c> writes for a state dict. Names that recur are put into the memo.</remarks>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly Dictionary<string, int> _memo = new(StringComparer.Ordinal);

    public static byte[] Write(IReadOnlyList<CheckpointWriteTensor> tensors, CheckpointWriteOptions options)
    {
        var writer = new PickleWriter();
        writer.Op(PickleOpcode.Proto);
        writer.Byte(2);
        if (options.StateDictKey.Length == 0)
        {
            writer.StateDict(tensors);
        }
        else
        {
            writer.Op(PickleOpcode.EmptyDict);
            writer.Op(PickleOpcode.Mark);
            writer.Text(options.StateDictKey);
            writer.StateDict(tensors);
            foreach (var (key, value) in options.Metadata)
            {
                writer.Text(key);
                writer.Plain(key, value);
            }

            writer.Op(PickleOpcode.SetItems);
        }

        writer.Op(PickleOpcode.Stop);
        return writer._out.WrittenSpan.ToArray();
    }

    private static string StorageOf(CheckpointDataType type) => type switch
    {
        CheckpointDataType.Float32 => "FloatStorage",
        CheckpointDataType.Float64 => "DoubleStorage",
        CheckpointDataType.Float16 => "HalfStorage",
        CheckpointDataType.BFloat16 => "BFloat16Storage",
        CheckpointDataType.UInt8 => "ByteStorage",
        CheckpointDataType.Int8 => "CharStorage",
        CheckpointDataType.Int16 => "ShortStorage",
        CheckpointDataType.Int32 => "IntStorage",
        CheckpointDataType.Int64 => "LongStorage",
        CheckpointDataType.Boolean => "BoolStorage",
        _ => throw new ArgumentException($"Tensors of {type} cannot be written; PyTorch has no storage class for them."),
    };

    private void StateDict(IReadOnlyList<CheckpointWriteTensor> tensors)
    {
        Global("collections", "OrderedDict");
        Op(PickleOpcode.EmptyTuple);
        Op(PickleOpcode.Reduce);
        if (tensors.Count == 0)
        {
            return;
        }

        Op(PickleOpcode.Mark);
        for (var i = 0; i < tensors.Count; i++)
        {
            Text(tensors[i].Name);
            Tensor(tensors[i], i);
        }

        Op(PickleOpcode.SetItems);
    }

    // torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, OrderedDict())
    private void Tensor(CheckpointWriteTensor tensor, int key)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(PickleOpcode.Mark);
        Op(PickleOpcode.Mark);
        Text("storage");
        Global("torch", StorageOf(tensor.Type));
        Text(key.ToString(System.Globalization.CultureInfo.InvariantCulture), remember: false);
        Text("cpu");
        Whole(tensor.Count);
        Op(PickleOpcode.Tuple);
        Op(PickleOpcode.BinPersId);
        Whole(0);
        Lengths(tensor.Shape);
        Lengths(Strides(tensor.Shape));
        Op(PickleOpcode.NewFalse);
        Global("collections", "OrderedDict");
        Op(PickleOpcode.EmptyTuple);
        Op(PickleOpcode.Reduce);
        Op(PickleOpcode.Tuple);
        Op(PickleOpcode.Reduce);
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long step = 1;
        for (var i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(1, shape[i]);
        }

        return strides;
    }

    private void Lengths(IReadOnlyList<long> values)
    {
        Op(PickleOpcode.Mark);
        foreach (var value in values)
        {
            Whole(value);
        }

        Op(PickleOpcode.Tuple);
    }

    private void Plain(string key, ConfigValue value)
    {
        switch (value)
        {
            case ConfigValue.Null:
                Op(PickleOpcode.None);
                break;
            case ConfigValue.Boolean truth:
                Op(truth.Value ? PickleOpcode.NewTrue : PickleOpcode.NewFalse);
                break;
            case ConfigValue.Integer whole:
                Whole(whole.Value);
                break;
            case ConfigValue.Real real:
                Op(PickleOpcode.BinFloat);
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(bytes, real.Value);
                _out.Write(bytes);
                break;
            case ConfigValue.Text text:
                Text(text.Value);
                break;
            default:
                throw new ArgumentException($"'{key}' beside the state dict must be a plain value.");
        }
    }

    private void Global(string module, string name)
    {
        var full = module + "\n" + name + "\n";
        if (!Recall("c" + full))
        {
            Op(PickleOpcode.Global);
            _out.Write(Encoding.ASCII.GetBytes(full));
            Remember("c" + full);
        }
    }

    private void Text(string text, bool remember = true)
    {
        if (remember && Recall("t" + text))
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Op(PickleOpcode.BinUnicode);
        Int32(bytes.Length);
        _out.Write(bytes);
        if (remember)
        {
            Remember("t" + text);
        }
    }

    private bool Recall(string key)
    {
        if (!_memo.TryGetValue(key, out var index))
        {
            return false;
        }

        Memo(PickleOpcode.BinGet, PickleOpcode.LongBinGet, index);
        return true;
    }

    private void Remember(string key)
    {
        _memo[key] = _memo.Count;
        Memo(PickleOpcode.BinPut, PickleOpcode.LongBinPut, _memo.Count - 1);
    }

    private void Memo(PickleOpcode small, PickleOpcode large, int index)
    {
        Op(index < 256 ? small : large);
        if (index < 256)
        {
            Byte((byte)index);
        }
        else
        {
            Int32(index);
        }
    }

    private void Whole(long value)
    {
        switch (value)
        {
            case >= 0 and < 256:
                Op(PickleOpcode.BinInt1);
                Byte((byte)value);
                break;
            case >= 0 and < 65536:
                Op(PickleOpcode.BinInt2);
                Byte((byte)value);
                Byte((byte)(value >> 8));
                break;
            case >= int.MinValue and <= int.MaxValue:
                Op(PickleOpcode.BinInt);
                Int32((int)value);
                break;
            default:
                Op(PickleOpcode.Long1);
                Byte(8);
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
                _out.Write(bytes);
                break;
        }
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _out.Write(bytes);
    }

    private void Op(PickleOpcode opcode) => Byte((byte)opcode);

    private void Byte(byte value) => _out.Write([value]);
}
