using System.Text;

namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A pickle machine that can build data and nothing else: dictionaries, lists, tuples, texts, numbers, and the descriptions of tensors. Every global is checked against a list when it is named, even if it is never used.</summary>
/// <remarks>
/// <para>Source: https://docs.python.org/3/library/pickletools.html (what each opcode does); PyTorch torch/_weights_only_unpickler.py for what a state dict needs.</para>
/// <para>Bounds: texts are checked against what is left of the file; the number of values, memo entries and stack entries is bounded; nothing recurses.</para>
/// </remarks>
internal sealed partial class PickleReader
{
    private const int MostLongBytes = 16;

    // A place on the stack from which an opcode takes everything.
    private static readonly object Mark = new();

    private readonly PickleInput _input;
    private readonly PickleGlobals _globals;
    private readonly PickleStorageLookup _storages;
    private readonly int _mostValues;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly CancellationToken _cancellation;
    private long _values;

    private PickleReader(PickleInput input, PickleGlobals globals, PickleStorageLookup storages, int mostValues, CancellationToken cancellation)
    {
        _input = input;
        _globals = globals;
        _storages = storages;
        _mostValues = mostValues;
        _cancellation = cancellation;
    }

    /// <summary>Reads one pickle up to its end; the input then stands behind it.</summary>
    /// <exception cref="UnsafeCheckpointException">It names a global that is not on the list.</exception>
    /// <exception cref="CheckpointFormatException">It is damaged or exceeds a bound.</exception>
    public static object? Read(PickleInput input, PickleGlobals globals, PickleStorageLookup storages, int mostValues, CancellationToken cancellation)
    {
        var reader = new PickleReader(input, globals, storages, mostValues, cancellation);
        try
        {
            return reader.Run();
        }
        catch (Exception e) when (e is FormatException or OverflowException or DecoderFallbackException or InvalidCastException)
        {
            throw input.Source.Broken($"its pickle is damaged before byte {input.Position}", e);
        }
    }

    private object? Run()
    {
        var isFirst = true;
        while (true)
        {
            if ((++_values & 0xFFF) == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
            }

            // Every value takes an opcode of at least one byte, so this bounds them all.
            if (_values > _mostValues * 16L || _stack.Count > _mostValues || _memo.Count > _mostValues)
            {
                throw Broken($"has more than {_mostValues} values");
            }

            var opcode = (PickleOpcode)_input.ReadByte();
            if (isFirst && opcode != PickleOpcode.Proto)
            {
                throw Broken("does not start with a protocol number; protocols 0 and 1 are not read");
            }

            isFirst = false;
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            Step(opcode);
        }
    }

    private void Step(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = _input.ReadByte();
                if (protocol is < 2 or > 5)
                {
                    throw Broken($"has protocol {protocol}; 2 to 5 are read");
                }

                break;
            case PickleOpcode.Frame:
                // How much follows is a hint for readers that fetch ahead.
                ReadInt64();
                break;
            case PickleOpcode.Mark:
                _stack.Add(Mark);
                break;
            case PickleOpcode.Pop:
                if (_stack.Count > 0 && ReferenceEquals(_stack[^1], Mark))
                {
                    PopToMark();
                }
                else
                {
                    Pop();
                }

                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Dup:
                _stack.Add(Top());
                break;
            case PickleOpcode.Memoize:
                _memo[_memo.Count] = Top();
                break;
            case PickleOpcode.BinPut:
                _memo[_input.ReadByte()] = Top();
                break;
            case PickleOpcode.LongBinPut:
                _memo[(uint)ReadInt32()] = Top();
                break;
            case PickleOpcode.BinGet:
                _stack.Add(Recall(_input.ReadByte()));
                break;
            case PickleOpcode.LongBinGet:
                _stack.Add(Recall((uint)ReadInt32()));
                break;
            case PickleOpcode.Global:
                PushGlobal(ReadLine(), ReadLine());
                break;
            case PickleOpcode.StackGlobal:
                var name = Pop() as string ?? throw Broken("names a global by something that is no text");
                PushGlobal(Pop() as string ?? throw Broken("names a global by something that is no text"), name);
                break;
            case PickleOpcode.BinPersId:
                _stack.Add(_storages(Pop()));
                break;
            case PickleOpcode.Reduce:
                var arguments = Pop() as PickleTuple ?? throw Broken("calls something without a tuple of arguments");
                _stack.Add(_globals.Call(Pop(), arguments));
                break;
            case PickleOpcode.NewObj:
                var constructor = Pop() as PickleTuple ?? throw Broken("makes an object without a tuple of arguments");
                _stack.Add(_globals.Create(Pop(), constructor));
                break;
            case PickleOpcode.Build:
                var state = Pop();
                _globals.SetState(Top(), state);
                break;
            default:
                if (!PushLiteral(opcode))
                {
                    Collect(opcode);
                }

                break;
        }
    }

    private void Collect(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickleDict());
                break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet:
                _stack.Add(new PickleList());
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(new PickleTuple([]));
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                var items = new object?[opcode - PickleOpcode.Tuple1 + 1];
                for (var i = items.Length - 1; i >= 0; i--)
                {
                    items[i] = Pop();
                }

                _stack.Add(new PickleTuple(items));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(new PickleTuple(PopToMark()));
                break;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                _stack.Add(new PickleList { Items = [.. PopToMark()] });
                break;
            case PickleOpcode.Dict:
                var dict = new PickleDict();
                SetItems(dict, PopToMark());
                _stack.Add(dict);
                break;
            case PickleOpcode.Append:
                var item = Pop();
                TopList().Add(item);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                var added = PopToMark();
                TopList().AddRange(added);
                break;
            case PickleOpcode.SetItem:
                var value = Pop();
                var key = Pop();
                SetItems(Top(), [key, value]);
                break;
            case PickleOpcode.SetItems:
                var entries = PopToMark();
                SetItems(Top(), entries);
                break;
            default:
                throw Broken($"has the opcode 0x{(byte)opcode:x2} at byte {_input.Position - 1}, which no file of weights needs");
        }
    }

    private void SetItems(object? target, object?[] items)
    {
        if (target is not PickleDict dict || items.Length % 2 != 0)
        {
            throw Broken("sets items of something that is no dictionary");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dict.Set(items[i], items[i + 1]);
        }
    }

    private void PushGlobal(string module, string name) => _stack.Add(_globals.Find(module, name));

    private object? Recall(long index) => _memo.TryGetValue(index, out var value) ? value : throw Broken($"asks for memo {index}, which was never put");

    private object? Top() => _stack.Count > 0 && !ReferenceEquals(_stack[^1], Mark) ? _stack[^1] : throw Broken("takes from an empty stack");

    private List<object?> TopList() => (Top() as PickleList ?? throw Broken("appends to something that is no list")).Items;

    private object? Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        var at = _stack.FindLastIndex(v => ReferenceEquals(v, Mark));
        if (at < 0)
        {
            throw Broken("takes down to a mark that is not there");
        }

        var items = _stack.GetRange(at + 1, _stack.Count - at - 1).ToArray();
        _stack.RemoveRange(at, _stack.Count - at);
        return items;
    }

    private CheckpointFormatException Broken(string what) => _input.Source.Broken("its pickle " + what);
}
