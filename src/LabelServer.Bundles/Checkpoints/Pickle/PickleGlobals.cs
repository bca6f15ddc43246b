using System.Collections.Frozen;
using LabelServer.Bundles.Checkpoints.Sources;

namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>The functions and classes that a pickle of weights may name, and what they stand for here. Everything else is refused by name.</summary>
/// <remarks>Source: the list of PyTorch torch/_weights_only_unpickler.py (weights_only=True), plus numpy numbers and arrays, which MONAI's savers leave beside the state dict. Calls are interpreted by this type;
/// nothing is looked up by reflection.</remarks>
internal sealed class PickleGlobals(CheckpointSource source, bool isScript)
{
    private static readonly FrozenDictionary<string, CheckpointDataType> Storages = new Dictionary<string, CheckpointDataType>
    {
        ["FloatStorage"] = CheckpointDataType.Float32,
        ["DoubleStorage"] = CheckpointDataType.Float64,
        ["HalfStorage"] = CheckpointDataType.Float16,
        ["BFloat16Storage"] = CheckpointDataType.BFloat16,
        ["ByteStorage"] = CheckpointDataType.UInt8,
        ["CharStorage"] = CheckpointDataType.Int8,
        ["ShortStorage"] = CheckpointDataType.Int16,
        ["IntStorage"] = CheckpointDataType.Int32,
        ["LongStorage"] = CheckpointDataType.Int64,
        ["BoolStorage"] = CheckpointDataType.Boolean,
        ["ComplexFloatStorage"] = CheckpointDataType.Complex64,
        ["ComplexDoubleStorage"] = CheckpointDataType.Complex128,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, CheckpointDataType> Dtypes = new Dictionary<string, CheckpointDataType>
    {
        ["float32"] = CheckpointDataType.Float32,
        ["float64"] = CheckpointDataType.Float64,
        ["float16"] = CheckpointDataType.Float16,
        ["bfloat16"] = CheckpointDataType.BFloat16,
        ["uint8"] = CheckpointDataType.UInt8,
        ["int8"] = CheckpointDataType.Int8,
        ["int16"] = CheckpointDataType.Int16,
        ["int32"] = CheckpointDataType.Int32,
        ["int64"] = CheckpointDataType.Int64,
        ["uint16"] = CheckpointDataType.UInt16,
        ["uint32"] = CheckpointDataType.UInt32,
        ["uint64"] = CheckpointDataType.UInt64,
        ["bool"] = CheckpointDataType.Boolean,
        ["complex64"] = CheckpointDataType.Complex64,
        ["complex128"] = CheckpointDataType.Complex128,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Allowed = new[]
    {
        "collections.OrderedDict", "collections.Counter", "torch.Size", "torch.device", "torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.Parameter",
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch._tensor._rebuild_from_type_v2", "_codecs.encode", "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset",
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.dtype", "numpy.ndarray",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> ScriptAllowed = new[]
    {
        "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist", "torch.jit._pickle.restore_type_tag",
    }.ToFrozenSet();

    /// <summary>What the pickle may put on its stack for a name.</summary>
    /// <exception cref="UnsafeCheckpointException">The name is not on the list.</exception>
    public object Find(string module, string name)
    {
        if (module == "torch" && Storages.TryGetValue(name, out var storage))
        {
            return new PickleStorageType(storage);
        }

        if (module is "torch" or "torch.storage" && name is "UntypedStorage" or "TypedStorage")
        {
            return new PickleStorageType(null);
        }

        if (module == "torch" && Dtypes.TryGetValue(name, out var type))
        {
            return type;
        }

        var full = module + "." + name;
        var isAllowed = Allowed.Contains(full) || (isScript && (ScriptAllowed.Contains(full) || module.StartsWith("__torch__", StringComparison.Ordinal)));
        return isAllowed ? new PickleGlobal(module, name) : throw new UnsafeCheckpointException(source.Name, full);
    }

    /// <summary>What a call of a named function gives.</summary>
    public object? Call(object? function, PickleTuple arguments)
    {
        if (function is not PickleGlobal global)
        {
            throw source.Broken("its pickle calls something that is no function");
        }

        var items = arguments.Items;
        switch (global.FullName)
        {
            case "collections.OrderedDict" or "collections.Counter":
                return MakeDict(items);
            case "torch.Size" or "torch.device" or "numpy.dtype" or "builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset":
                return MakePlain(global.FullName, items);
            case "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor_v3":
                return MakeTensor(items, global.Name == "_rebuild_tensor_v3" && items.Length > 6 ? items[6] : null);
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state":
                return items is [PickleTensor parameter, ..] ? parameter : throw Mismatch(global);
            case "torch._tensor._rebuild_from_type_v2":
                return items is [PickleGlobal inner, PickleGlobal { FullName: "torch.Tensor" or "torch.nn.parameter.Parameter" or "torch.nn.Parameter" }, PickleTuple tensor, ..] && inner.Module == "torch._utils" ? Call(inner, tensor) : throw Mismatch(global);
            case "_codecs.encode":
                return items is [string text, "latin1" or "latin-1"] ? System.Text.Encoding.Latin1.GetBytes(text) : throw Mismatch(global);
            case "numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar":
                return items is [PickleNumpyType dtype, byte[] bytes] ? dtype.Read(bytes) ?? new PickleOpaque("numpy number") : throw Mismatch(global);
            case "numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct":
                return new PickleOpaque("numpy array");
        }

        return ScriptAllowed.Contains(global.FullName) && items.Length > 0 ? items[0] : throw Mismatch(global);
    }

    /// <summary>The object that NEWOBJ makes of a class.</summary>
    public object Create(object? type, PickleTuple arguments)
    {
        if (type is not PickleGlobal global)
        {
            throw source.Broken("its pickle makes an object of something that is no class");
        }

        if (isScript && global.Module.StartsWith("__torch__", StringComparison.Ordinal))
        {
            return new PickleObject(global);
        }

        return global.FullName is "collections.OrderedDict" or "collections.Counter" ? MakeDict(arguments.Items) : throw new UnsafeCheckpointException(source.Name, global.FullName);
    }

    /// <summary>What BUILD does to an object.</summary>
    public void SetState(object? target, object? state)
    {
        switch (target)
        {
            case PickleObject script:
                script.State = state;
                break;
            case PickleNumpyType dtype:
                dtype.SetState(state);
                break;

            // An OrderedDict's attributes (PyTorch keeps '_metadata' there) and an array's content are not needed.
            case PickleDict or PickleOpaque:
                break;
            default:
                throw source.Broken("its pickle sets the state of something that has none");
        }
    }

    private static object?[] ItemsOf(object? value) => value switch
    {
        PickleTuple tuple => tuple.Items,
        PickleList list => [.. list.Items],
        _ => [],
    };

    private PickleDict MakeDict(object?[] arguments)
    {
        var dict = new PickleDict();
        if (arguments.Length == 0)
        {
            return dict;
        }

        if (arguments is [PickleDict other])
        {
            other.Items.ForEach(i => dict.Set(i.Key, i.Value));
            return dict;
        }

        foreach (var pair in ItemsOf(arguments[0]))
        {
            var parts = ItemsOf(pair);
            if (parts.Length != 2)
            {
                throw source.Broken("its pickle makes a dictionary of something else than pairs");
            }

            dict.Set(parts[0], parts[1]);
        }

        return dict;
    }

    private static object MakePlain(string name, object?[] items) => name switch
    {
        "torch.Size" => new PickleTuple(items.Length == 1 ? ItemsOf(items[0]) : []),
        "torch.device" => items is [string type, ..] ? type : new PickleOpaque(name),
        "numpy.dtype" => items is [string code, ..] ? new PickleNumpyType(code) : new PickleOpaque(name),
        _ => new PickleList { Items = items.Length == 1 ? [.. ItemsOf(items[0])] : [] },
    };

    // Checks that the view lies inside its storage; the storage is checked against the file later.
    private PickleTensor MakeTensor(object?[] items, object? dtype)
    {
        if (items is not [PickleStorage storage, long offset, var sizes, var steps, ..])
        {
            throw source.Broken("its pickle describes a tensor in an unknown way");
        }

        var shape = Lengths(sizes);
        var strides = Lengths(steps);
        var type = dtype is CheckpointDataType given ? given : storage.Type ?? throw source.Broken("its pickle has a tensor without a sample type");
        if (shape.Length != strides.Length || shape.Length > 64 || offset < 0)
        {
            throw source.Broken("its pickle has a tensor whose shape and strides do not fit");
        }

        var count = storage.Type is null ? storage.Count / type.Bytes() : storage.Count;
        Int128 samples = 1, last = offset;
        for (var i = 0; i < shape.Length; i++)
        {
            samples *= shape[i];
            last += (Int128)Math.Max(0, shape[i] - 1) * strides[i];
            if (samples > long.MaxValue || last > long.MaxValue)
            {
                break;
            }
        }

        // A view may repeat samples (stride 0), but not so often that a small file asks for much memory.
        const long MostRepeated = 1 << 24;
        if (samples > 0 && (last >= count || (samples > count && samples > MostRepeated)))
        {
            throw source.Broken($"its pickle has a tensor of {string.Join('×', shape)} samples that does not fit its storage of {count}");
        }

        return new PickleTensor(storage with { Type = type, Count = count }, type, offset, shape, strides);
    }

    private long[] Lengths(object? value) => [.. ItemsOf(value).Select(v => v is long and >= 0 ? (long)v : throw source.Broken("its pickle has a tensor with a size or stride that is no whole number from 0"))];

    private CheckpointFormatException Mismatch(PickleGlobal global) => source.Broken($"its pickle calls {global.FullName} with unexpected arguments");
}
