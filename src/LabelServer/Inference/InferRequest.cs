using LabelServer.Errors;
using LabelServer.Http;

namespace LabelServer.Inference;

/// <summary>What <c>POST /infer/{model}</c> was asked, read once at the edge (protocol 4.3). Dispose it to delete the uploaded file.</summary>
public sealed class InferRequest : IAsyncDisposable
{
    private readonly UploadForm _form;

    private InferRequest(string model, UploadForm form)
    {
        Model = model;
        _form = form;
    }

    /// <summary>The model, from the path. Nothing in the parameters can change it.</summary>
    public string Model { get; }

    /// <summary>The image's id; empty when none was given.</summary>
    public string ImageId { get; private init; } = string.Empty;

    /// <summary>The session's id; empty when none was given.</summary>
    public string SessionId { get; private init; } = string.Empty;

    /// <summary>What is answered.</summary>
    public InferOutput Output { get; private init; }

    /// <summary>The parameters for the model.</summary>
    public InferenceParameters Parameters { get; private init; } = new();

    /// <summary>The tag under which the result is to be saved, or null when it is not to be saved.</summary>
    public string? SaveAs { get; private init; }

    /// <summary>The user that the client names (<c>client_id</c>), or null.</summary>
    public string? ClientId { get; private init; }

    /// <summary>The uploaded image, or null.</summary>
    public UploadedFile? Image => _form.File("file");

    /// <summary>Whether a label or scribbles were sent, which none of the models here uses.</summary>
    public bool HasLabel => _form.File("label") is not null;

    /// <summary>Reads a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model's name from the path.</param>
    /// <param name="folder">Where an uploaded image goes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RequestValidationException"><c>output</c> is unknown.</exception>
    /// <exception cref="BadRequestException">The form is broken, a parameter has a wrong value, or there is nothing to segment.</exception>
    public static async Task<InferRequest> ReadAsync(HttpRequest request, string model, string folder, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(request);
        var image = query.Text("image");
        var session = query.Text("session_id");
        var output = query.Choice("output", "all", "image", "json", "all", "dicom_seg");
        query.Validate();

        var form = await UploadForm.ReadAsync(request, folder, cancellationToken);
        try
        {
            var parameters = new InferParametersReader(WireJson.ReadFormObject(form.Text("params"), "params"));
            if (image.Length == 0 && session.Length == 0 && form.File("file") is null)
                throw new BadRequestException("Neither Image nor File nor Session ID input is provided. Send ?image=ID, ?session_id=ID, or the image itself as the form file 'file'.");
            return new InferRequest(model, form)
            {
                ImageId = image,
                SessionId = session,
                Output = Enum.Parse<InferOutput>(output.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true),
                Parameters = parameters.ToParameters(),
                SaveAs = parameters.Boolean("save_label") == true ? parameters.Text("label_tag") ?? Datastore.LabelTags.Original : null,
                ClientId = parameters.ClientId(),
            };
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _form.DisposeAsync();
}

/// <summary>What an inference answers.</summary>
public enum InferOutput
{
    /// <summary>The result JSON and the label map, as <c>multipart/form-data</c>.</summary>
    All,

    /// <summary>The label map alone.</summary>
    Image,

    /// <summary>The result JSON alone.</summary>
    Json,

    /// <summary>A DICOM SEG, which needs a DICOM data store.</summary>
    DicomSeg,
}
