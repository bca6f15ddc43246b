using LabelServer.Bundles;
using LabelServer.Errors;
using LabelServer.Imaging;
using Microsoft.AspNetCore.Http;

namespace LabelServer.Tests.Errors;

public sealed class ErrorMapTests
{
    // Errors of the command line and of the start: they end the program with a message before there is a request.
    private static readonly string[] BeforeAnyRequest = ["ServerOptionsException", "AppDeclarationException", "BundleFileException", "SampleDataExistsException", "ModelDownloadException"];

    public static TheoryData<string> PublicExceptions()
    {
        var data = new TheoryData<string>();
        foreach (var type in new[] { typeof(ErrorMap), typeof(ImagingException), typeof(BundleException) }.SelectMany(t => t.Assembly.GetExportedTypes()))
        {
            if (type.IsSubclassOf(typeof(Exception)) && !type.IsAbstract && !BeforeAnyRequest.Contains(type.Name))
                data.Add(type.AssemblyQualifiedName!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(PublicExceptions))]
    public void All_EveryPublicException_HasARow(string typeName)
    {
        var type = Type.GetType(typeName)!;
        Assert.Contains(ErrorMap.All.Keys, row => row.IsAssignableFrom(type));
    }

    [Fact]
    public void StatusOf_FullDisk_IsInsufficientStorage()
        => Assert.Equal(507, ErrorMap.StatusOf(new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28)));

    [Fact]
    public void StatusOf_UnknownError_IsUnexpected() => Assert.Null(ErrorMap.StatusOf(new InvalidOperationException()));

    [Fact]
    public void StatusOf_KestrelsOwnRefusal_KeepsItsStatus() => Assert.Equal(413, ErrorMap.StatusOf(new BadHttpRequestException("too large", 413)));
}
