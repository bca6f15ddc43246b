using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace LabelServer.Imaging.Formats;

/// <summary>Reads samples that are written as text: decimal numbers, or hexadecimal digits.</summary>
/// <remarks>Source: the NRRD format, "encoding: ascii" and "encoding: hex". White space and commas separate numbers; white space between hexadecimal digits is ignored.</remarks>
internal sealed class TextSampleReader(ImageSource source)
{
    /// <summary>No number that a program writes is longer.</summary>
    private const int LongestNumber = 400;

    private static readonly SearchValues<byte> Separators = SearchValues.Create(" \n\r\t\v\f,"u8);
    private readonly byte[] _buffer = new byte[16 << 10];
    private int _start;
    private int _end;

    /// <summary>Fills <paramref name="target"/> with numbers.</summary>
    /// <exception cref="VolumeFormatException">The text ends before, or holds something that is no number or does not fit the sample type.</exception>
    public async ValueTask ReadNumbersAsync<T>(Memory<T> target, CancellationToken cancellationToken)
        where T : unmanaged, INumber<T>
    {
        for (var n = 0; n < target.Length; n++)
        {
            var token = await NextTokenAsync(cancellationToken);
            target.Span[n] = Parse<T>(token.Span);
        }
    }

    /// <summary>Fills <paramref name="target"/> with bytes of two digits each.</summary>
    /// <exception cref="VolumeFormatException">The text ends before, or holds something else.</exception>
    public async ValueTask ReadHexAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        for (var n = 0; n < target.Length; n++)
        {
            var high = await NextDigitAsync(cancellationToken);
            var low = await NextDigitAsync(cancellationToken);
            target.Span[n] = (byte)((high << 4) | low);
        }
    }

    private T Parse<T>(ReadOnlySpan<byte> token)
        where T : unmanaged, INumber<T>
    {
        if (T.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            var special = token switch
            {
                _ when Ascii.EqualsIgnoreCase(token, "inf"u8) || Ascii.EqualsIgnoreCase(token, "+inf"u8) => double.PositiveInfinity,
                _ when Ascii.EqualsIgnoreCase(token, "-inf"u8) => double.NegativeInfinity,
                _ when Ascii.EqualsIgnoreCase(token, "nan"u8) || Ascii.EqualsIgnoreCase(token, "-nan"u8) => double.NaN,
                _ => (double?)null,
            };
            if (special is { } number)
            {
                return T.CreateTruncating(number);
            }
        }

        throw new VolumeFormatException(
            $"{source.Subject} is damaged: '{Encoding.Latin1.GetString(token[..Math.Min(40, token.Length)])}' among its voxels is no {typeof(T).Name}. Export the image again.");
    }

    private async ValueTask<ReadOnlyMemory<byte>> NextTokenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_start < _end && Separators.Contains(_buffer[_start]))
            {
                _start++;
            }

            var stop = _start;
            while (stop < _end && !Separators.Contains(_buffer[stop]))
            {
                stop++;
            }

            if (stop < _end)
            {
                var token = _buffer.AsMemory(_start, stop - _start);
                _start = stop;
                return token;
            }

            // The number reaches the end of what is in the buffer: it may go on.
            if (!await FillAsync(cancellationToken))
            {
                var last = _buffer.AsMemory(_start, _end - _start);
                _start = _end;
                return last.Length > 0 ? last : throw CutShort();
            }

            if (_end - _start > LongestNumber && !_buffer.AsSpan(_start, _end - _start).ContainsAny(Separators))
            {
                throw new VolumeFormatException($"{source.Subject} is damaged: its voxels should be numbers with spaces between them. Export the image again.");
            }
        }
    }

    private async ValueTask<int> NextDigitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                throw CutShort();
            }

            var b = _buffer[_start++];
            if (char.IsAsciiHexDigit((char)b))
            {
                return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
            }

            if (!Separators.Contains(b))
            {
                throw new VolumeFormatException($"{source.Subject} is damaged: its voxels should be hexadecimal digits. Export the image again.");
            }
        }
    }

    /// <summary>Reads more behind what is not used yet; false at the end.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private VolumeFormatException CutShort() => new($"{source.Subject} is cut short: its text ends before the last voxel. Send the whole file again.");
}
