using System.Text.Json;

namespace LabelServer.Worker.Hosting;

/// <summary>What the server tells a worker at its start: one line of JSON on standard input, which no other user can read, unlike arguments and environment.</summary>
/// <param name="Address">The Unix domain socket's path, or on Windows the named pipe's name.</param>
/// <param name="Token">What every call must carry.</param>
/// <param name="ResultCache">Whether preprocessed images and label maps are kept for later requests.</param>
internal sealed record WorkerStart(string Address, string Token, bool ResultCache = true)
{
    /// <summary>Reads the line.</summary>
    /// <exception cref="InvalidDataException">There is no such line: the program was not started by a server.</exception>
    public static async Task<WorkerStart> ReadAsync(TextReader input, CancellationToken cancellationToken)
    {
        var line = await input.ReadLineAsync(cancellationToken);
        if (string.IsNullOrWhiteSpace(line))
            throw new InvalidDataException("This program is started by labelserver and takes its settings from standard input. Run labelserver instead.");
        try
        {
            var start = JsonSerializer.Deserialize<WorkerStart>(line, JsonSerializerOptions.Web);
            return start is { Address.Length: > 0, Token.Length: > 0 } ? start : throw new InvalidDataException("The start line on standard input lacks an address or a token.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException("The start line on standard input is no JSON.", error);
        }
    }
}
