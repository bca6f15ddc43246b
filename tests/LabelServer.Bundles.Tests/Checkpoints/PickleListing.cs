using System.Buffers.Binary;
using System.Text;

namespace LabelServer.Bundles.Tests.Checkpoints;

/// <summary>Walks over a pickle opcode by opcode without understanding it, as Python's <c>pickletools.dis</c> does. Independent of the program's own reader on purpose.</summary>
internal static class PickleListing
{
    public static (int Protocol, HashSet<string> Globals, List<char> Opcodes) Of(ReadOnlySpan<byte> pickle)
    {
        var globals = new HashSet<string>();
        var opcodes = new List<char>();
        var protocol = -1;
        for (var at = 0; at < pickle.Length;)
        {
            var op = (char)pickle[at++];
            opcodes.Add(op);
            switch (op)
            {
                case '\x80':
                    protocol = pickle[at];
                    at++;
                    break;
                case 'K' or 'q' or 'h':
                    at++;
                    break;
                case 'M':
                    at += 2;
                    break;
                case 'J' or 'r' or 'j':
                    at += 4;
                    break;
                case 'G':
                    at += 8;
                    break;
                case '\x8a':
                    at += 1 + pickle[at];
                    break;
                case 'X':
                    at += 4 + BinaryPrimitives.ReadInt32LittleEndian(pickle[at..]);
                    break;
                case 'c':
                    var lines = pickle[at..];
                    var first = lines.IndexOf((byte)'\n');
                    var second = first + 1 + lines[(first + 1)..].IndexOf((byte)'\n');
                    globals.Add(Encoding.ASCII.GetString(lines[..second]).Replace('\n', ' '));
                    at += second + 1;
                    break;
                case '.':
                    Assert(at == pickle.Length, "something follows the end");
                    break;
                default:
                    Assert("()}NQRtuU\x88\x89".Contains(op, StringComparison.Ordinal), $"unexpected opcode {(int)op:x2}");
                    break;
            }
        }

        return (protocol, globals, opcodes);
    }

    private static void Assert(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidDataException(message);
        }
    }
}
