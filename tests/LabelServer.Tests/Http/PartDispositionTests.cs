using LabelServer.Http;

namespace LabelServer.Tests.Http;

public sealed class PartDispositionTests
{
    [Theory]
    [InlineData("form-data; name=\"params\"", "params", null)]
    [InlineData("form-data; name=params", "params", null)]
    [InlineData("form-data; name=\"file\"; filename=\"/tmp/x/tmpab.nii.gz\"", "file", "tmpab.nii.gz")]
    [InlineData("form-data; name=\"file\"; filename=\"C:\\x\\new\\y.nii.gz\"", "file", "y.nii.gz")]
    [InlineData("form-data; name=\"file\"; filename=\"../../../x.nii.gz\"", "file", "x.nii.gz")]
    [InlineData("form-data; name=\"file\"; filename=\"a;b=c.nii\"", "file", "a;b=c.nii")]
    [InlineData("form-data; name=\"file\"; filename=\"a b ü.nii.gz\"", "file", "a b ü.nii.gz")]
    [InlineData("form-data; name=\"file\"; filename=\"say \\\"x\\\".nii\"", "file", "say \"x\".nii")]
    [InlineData("form-data; filename=a.nii; name=file", "file", "a.nii")]
    [InlineData("form-data; name=\"file\"; filename=\"\"", "file", "")]
    [InlineData("form-data; name=\"file\"; filename=\"fallback.nii\"; filename*=utf-8''%C3%BC%20x.nii", "file", "ü x.nii")]
    [InlineData("form-data; name=\"file\"; filename=\"C:\\scans\\\"", "file", "")]
    [InlineData("form-data; name=\"open", "open", null)]
    public void Parse_WhatClientsSend_GivesFieldAndBaseName(string header, string name, string? fileName)
        => Assert.Equal(new PartDisposition(name, fileName), PartDisposition.Parse(header));

    [Fact]
    public void Parse_NoHeader_IsNull() => Assert.Null(PartDisposition.Parse(null));
}
