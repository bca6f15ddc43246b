using System.Globalization;
using System.Text;

namespace LabelServer.Logs;

/// <summary>Appends lines to <c>app.log</c>; at 10 MiB the file becomes <c>app.log.1</c>, <c>.1</c> becomes <c>.2</c>, and so on up to <c>.10</c>, as MONAI Label rotates.</summary>
/// <remarks>Safe for concurrent use. Each line is handed to the operating system at once, so that it is there after a crash of the process. A failure to write never reaches the caller: logging must not
/// bring a request down; it is told once on standard error.</remarks>
public sealed class RotatingLogFile : IDisposable
{
    /// <summary>The size at which a new file is begun, in bytes.</summary>
    public const long DefaultSizeLimit = 10 * 1024 * 1024;

    /// <summary>How many old files are kept.</summary>
    public const int KeptFiles = 10;

    private readonly Lock _gate = new();
    private readonly long _sizeLimit;
    private FileStream? _file;
    private bool _complained;

    /// <summary>Opens the file for appending; its folder is created.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sizeLimit">The size at which a new file is begun, in bytes.</param>
    /// <exception cref="IOException">The folder or file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or file may not be written.</exception>
    public RotatingLogFile(string path, long sizeLimit = DefaultSizeLimit)
    {
        Path = path;
        _sizeLimit = sizeLimit;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _file = Open();
    }

    /// <summary>The current file.</summary>
    public string Path { get; }

    /// <summary>Appends one line.</summary>
    public void Write(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
        {
            if (_file is null)
                return;
            try
            {
                if (_file.Position > 0 && _file.Position + bytes.Length > _sizeLimit)
                    Rotate();
                _file.Write(bytes);
                _file.Flush();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (!_complained)
                    Console.Error.WriteLine($"The log file {Path} cannot be written: {error.Message}");
                _complained = true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Rotate()
    {
        _file!.Dispose();
        for (var number = KeptFiles; number > 1; number--)
        {
            if (File.Exists(Old(number - 1)))
                File.Move(Old(number - 1), Old(number), overwrite: true);
        }

        File.Move(Path, Old(1), overwrite: true);
        _file = Open();
    }

    private string Old(int number) => string.Create(CultureInfo.InvariantCulture, $"{Path}.{number}");

    private FileStream Open() => new(Path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete);
}
