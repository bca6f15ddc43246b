namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>The pickle opcodes that are read. The others are refused: they start code (INST, OBJ), need registries (EXT) or share buffers.</summary>
/// <remarks>Source: https://docs.python.org/3/library/pickletools.html and PEP 307, 3154.</remarks>
internal enum PickleOpcode : byte
{
    /// <summary>Pushes a mark.</summary>
    Mark = (byte)'(',

    /// <summary>Ends; the top of the stack is the result.</summary>
    Stop = (byte)'.',

    /// <summary>Drops the top.</summary>
    Pop = (byte)'0',

    /// <summary>Drops down to the mark.</summary>
    PopMark = (byte)'1',

    /// <summary>Repeats the top.</summary>
    Dup = (byte)'2',

    /// <summary>A real number as text.</summary>
    Float = (byte)'F',

    /// <summary>A whole number or truth value as text.</summary>
    Int = (byte)'I',

    /// <summary>Four bytes, signed.</summary>
    BinInt = (byte)'J',

    /// <summary>One byte.</summary>
    BinInt1 = (byte)'K',

    /// <summary>A long as text.</summary>
    Long = (byte)'L',

    /// <summary>Two bytes.</summary>
    BinInt2 = (byte)'M',

    /// <summary><c>None</c>.</summary>
    None = (byte)'N',

    /// <summary>Resolves a persistent id: here a storage.</summary>
    BinPersId = (byte)'Q',

    /// <summary>Calls a function: here one of a few constructors.</summary>
    Reduce = (byte)'R',

    /// <summary>Bytes of Python 2, four-byte length.</summary>
    BinString = (byte)'T',

    /// <summary>Bytes of Python 2, one-byte length.</summary>
    ShortBinString = (byte)'U',

    /// <summary>Text, four-byte length.</summary>
    BinUnicode = (byte)'X',

    /// <summary>Appends to a list.</summary>
    Append = (byte)'a',

    /// <summary>Sets an object's state.</summary>
    Build = (byte)'b',

    /// <summary>Names a global as two lines of text.</summary>
    Global = (byte)'c',

    /// <summary>A dictionary of what is above the mark.</summary>
    Dict = (byte)'d',

    /// <summary>An empty dictionary.</summary>
    EmptyDict = (byte)'}',

    /// <summary>Appends what is above the mark.</summary>
    Appends = (byte)'e',

    /// <summary>Takes from the memo, one byte.</summary>
    BinGet = (byte)'h',

    /// <summary>Takes from the memo, four bytes.</summary>
    LongBinGet = (byte)'j',

    /// <summary>A list of what is above the mark.</summary>
    List = (byte)'l',

    /// <summary>An empty list.</summary>
    EmptyList = (byte)']',

    /// <summary>Puts into the memo, one byte.</summary>
    BinPut = (byte)'q',

    /// <summary>Puts into the memo, four bytes.</summary>
    LongBinPut = (byte)'r',

    /// <summary>Sets one item.</summary>
    SetItem = (byte)'s',

    /// <summary>A tuple of what is above the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>An empty tuple.</summary>
    EmptyTuple = (byte)')',

    /// <summary>Sets the items above the mark.</summary>
    SetItems = (byte)'u',

    /// <summary>Eight bytes, big-endian real.</summary>
    BinFloat = (byte)'G',

    /// <summary>The protocol.</summary>
    Proto = 0x80,

    /// <summary>Makes an object of a class.</summary>
    NewObj = 0x81,

    /// <summary>A tuple of one.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of two.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of three.</summary>
    Tuple3 = 0x87,

    /// <summary><c>True</c>.</summary>
    NewTrue = 0x88,

    /// <summary><c>False</c>.</summary>
    NewFalse = 0x89,

    /// <summary>A long, one-byte length.</summary>
    Long1 = 0x8A,

    /// <summary>A long, four-byte length.</summary>
    Long4 = 0x8B,

    /// <summary>Bytes, four-byte length.</summary>
    BinBytes = (byte)'B',

    /// <summary>Bytes, one-byte length.</summary>
    ShortBinBytes = (byte)'C',

    /// <summary>Text, one-byte length.</summary>
    ShortBinUnicode = 0x8C,

    /// <summary>Text, eight-byte length.</summary>
    BinUnicode8 = 0x8D,

    /// <summary>Bytes, eight-byte length.</summary>
    BinBytes8 = 0x8E,

    /// <summary>An empty set.</summary>
    EmptySet = 0x8F,

    /// <summary>Adds what is above the mark to a set.</summary>
    AddItems = 0x90,

    /// <summary>A frozen set of what is above the mark.</summary>
    FrozenSet = 0x91,

    /// <summary>Names a global by two texts of the stack.</summary>
    StackGlobal = 0x93,

    /// <summary>Puts into the memo under the next number.</summary>
    Memoize = 0x94,

    /// <summary>Says how long the next part is.</summary>
    Frame = 0x95,
}
