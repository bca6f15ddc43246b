using LabelServer.Errors;

namespace LabelServer.Dicom;

/// <summary><c>/proxy/dicom/…</c> (protocol 4.12): the original passes requests on to the DICOMweb server that holds its studies. Here the studies are a folder.</summary>
internal static class DicomProxyEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapDicomProxy(this IEndpointRouteBuilder routes)
        => routes.MapMethods("/proxy/dicom/{**path}", [HttpMethods.Get, HttpMethods.Post], IResult () => throw new NotImplementedHereException(
            "The studies of this server are a folder, not a DICOMweb server, so there is nothing to pass DICOM requests on to. GET /datastore/image?image=ID fetches an image.")).ExcludeFromDescription();
}
