using LabelServer.Http;

namespace LabelServer.Tests.Http;

public sealed class AttachmentTests
{
    [Theory]
    [InlineData("spleen_3.nii.gz", "attachment; filename=\"spleen_3.nii.gz\"")]
    [InlineData("a b.nii", "attachment; filename*=utf-8''a%20b.nii")]
    [InlineData("Schädel:1.nrrd", "attachment; filename*=utf-8''Sch%C3%A4del%3A1.nrrd")]
    [InlineData("a\"b\r\n.nii", "attachment; filename*=utf-8''a%22b%0D%0A.nii")]
    public void Header_AnyName_IsOneOfTheTwoFormsThatTheClientReads(string name, string expected) => Assert.Equal(expected, Attachment.Header(name));

    [Theory]
    [InlineData("x.nii.gz", "application/octet-stream")]
    [InlineData("x.seg.nrrd", "application/octet-stream")]
    [InlineData("x.JSON", "application/json")]
    [InlineData("x.png", "image/png")]
    [InlineData("x.multipart", "application/octet-stream")]
    public void ContentType_ByName_IsFixed(string name, string expected) => Assert.Equal(expected, ContentTypes.Of(name));
}
