using System.Buffers.Binary;

namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A numpy sample type such as <c>f8</c>, enough to read the single numbers that lie beside a state dict (a best metric).</summary>
/// <remarks>Source: https://numpy.org/doc/stable/reference/arrays.dtypes.html; the state is (version, byte order, …).</remarks>
internal sealed class PickleNumpyType(string code)
{
    private bool _isBigEndian;

    public void SetState(object? state) => _isBigEndian = state is PickleTuple { Items: [_, ">", ..] };

    /// <summary>The number, or null for a type that is not read.</summary>
    public object? Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> little = stackalloc byte[8];
        if (bytes.Length is 0 or > 8)
        {
            return null;
        }

        bytes.CopyTo(little);
        if (_isBigEndian)
        {
            little[..bytes.Length].Reverse();
        }

        return (code.TrimStart('<', '>', '=', '|'), bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(little),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(little),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(little),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(little),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(little),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(little),
            ("i1", 1) => (long)(sbyte)little[0],
            ("u1", 1) => (long)little[0],
            ("b1", 1) => little[0] != 0,
            _ => null,
        };
    }
}
