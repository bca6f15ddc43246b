using System.Net.Http.Headers;
using System.Text;

namespace LabelServer.EndToEnd.Clients;

/// <summary>Forms with the very bytes of the Slicer plug-in's client: its boundary, its headers, the full local path as file name, and a line break after the end.</summary>
internal static class Form
{
    private const string Boundary = "----------lImIt_of_THE_fIle_eW_$";

    public static HttpContent File(string field, string path, byte[] bytes, string? parameters = null) => Create(parameters, (field, path, bytes));

    public static HttpContent Params(string parameters) => Create(parameters);

    public static HttpContent Create(string? parameters, params (string Field, string Path, byte[] Bytes)[] files)
    {
        using var body = new MemoryStream();
        if (parameters is not null)
            Write(body, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\n\r\n{parameters}\r\n");
        foreach (var (field, path, bytes) in files)
        {
            Write(body, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{path}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.Write(bytes);
            Write(body, "\r\n");
        }

        Write(body, $"--{Boundary}--\r\n\r\n");
        var content = new ByteArrayContent(body.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={Boundary}");
        return content;
    }

    public static HttpContent Json(string json) => new StringContent(json, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));

    private static void Write(Stream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));
}
